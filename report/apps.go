package report

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/clients"
)

// maxApps is how many clients that fail are shown with their words, beside client-go.
const maxApps = 2

// appItems say how clients fare, where one fails: client-go, two others with what they
// print, and the names of the rest. A client is not shown that repeats the words of another.
func appItems(all []clients.Client) []item {
	fails := func(c clients.Client) bool { return c.Outcome == clients.Fails || c.MayFail() }
	if !slices.ContainsFunc(all, fails) {
		return nil
	}
	var items []item
	words := ""
	if first := all[0]; first.Outcome != clients.Unknown || fails(first) {
		words = inWords(first)
		items = append(items, text(appLabel, 2, first.Name+": "+words))
	}
	var telling []clients.Client
	var failing []string
	for _, c := range all[1:] {
		if !fails(c) {
			continue
		}
		failing = append(failing, c.Name)
		if c.Error != "" && len(telling) < maxApps && (words == "" || !strings.Contains(inWords(c), words)) {
			telling = append(telling, c)
		}
	}
	if len(failing) == 0 {
		return items
	}
	everyone := len(failing) == len(all)-1
	rest := item{label: appLabel, rank: 4}
	for n := len(telling); n >= 0; n-- {
		lines := otherApps(telling[:n], failing, everyone)
		if rest.lines == nil {
			rest.lines = lines
		} else {
			rest.shorter = append(rest.shorter, lines)
		}
	}
	return append(items, rest)
}

// otherApps are lines of some clients with their words, and of the others that fail.
func otherApps(shown []clients.Client, failing []string, everyone bool) (lines []line) {
	left := slices.Clone(failing)
	for _, c := range shown {
		lines = append(lines, line{text: c.Name + ": " + inWords(c)})
		left = slices.DeleteFunc(left, func(name string) bool { return name == c.Name })
	}
	switch {
	case len(left) > 2 && everyone:
		lines = append(lines, line{text: "the other clients fail too"})
	case len(left) > 0:
		lines = append(lines, line{text: "others that fail: " + strings.Join(left, ", ")})
	}
	return lines
}

// inWords is what a client prints, or how it fares.
func inWords(c clients.Client) string {
	first, _, _ := strings.Cut(c.Error, "; or ")
	if !strings.HasSuffix(first, "x509: ...") && !strings.HasSuffix(first, "reason: ...") { // the word would stand alone
		first = strings.TrimSuffix(first, ": ...")
	}
	switch {
	case c.MayFail():
		return "can fail: " + first
	case first != "":
		return first
	case c.Outcome == clients.Remark:
		return "works: " + c.Reason
	case c.Reason != "":
		return string(c.Outcome) + ": " + c.Reason
	}
	return string(c.Outcome)
}
