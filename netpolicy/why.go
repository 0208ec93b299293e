package netpolicy

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// judge looks for the first rule that allows the connection: a rule allows what matches one
// of its peers and one of its ports (API).
func (c *connection) judge(policy *networkingv1.NetworkPolicy) Judged {
	j := Judged{Name: policy.Namespace + "/" + policy.Name}
	word, rules := strings.ToLower(string(c.direction)), c.rules(&policy.Spec)
	anyone := map[networkingv1.PolicyType]string{networkingv1.PolicyTypeEgress: "every destination", networkingv1.PolicyTypeIngress: "every source"}[c.direction]
	otherPort, otherPeers := "", make([]string, 0, len(rules))
	for i, r := range rules {
		isPeer, peers := anyOf(r.peers, c.isPeer, anyone)
		isPort, ports := anyOf(r.ports, c.isPort, "every port")
		switch {
		case isPeer && isPort:
			j.Allows, j.Rule = true, i+1
			j.Why = shorten(fmt.Sprintf("%s rule %d allows %s on %s", word, i+1, peers, ports))
			return j
		case isPeer && otherPort == "":
			otherPort = fmt.Sprintf("%s rule %d allows %s but only on %s", word, i+1, c.addr, ports)
		}
		otherPeers = append(otherPeers, fmt.Sprintf("rule %d is for %s", i+1, peers))
	}
	switch {
	case len(rules) == 0:
		j.Why = "has no " + word + " rule"
	case otherPort != "":
		j.Why = shorten(otherPort)
	default:
		j.Why = shorten(fmt.Sprintf("has no %s rule for %s%s: %s", word, c.addr, c.what, strings.Join(otherPeers, ", ")))
	}
	return j
}

// anyOf says whether one of a list is what is looked for, and names it; where none is, it names
// them all. An empty list stands for all (API).
func anyOf[T any](list []T, is func(*T) (bool, string), all string) (bool, string) {
	if len(list) == 0 {
		return true, all
	}
	names := make([]string, len(list))
	for i := range list {
		found, name := is(&list[i])
		if found {
			return true, name
		}
		names[i] = name
	}
	return false, strings.Join(names, " or ")
}

// those names the pods or namespaces that a selector selects.
func those(things string, selector *metav1.LabelSelector) string {
	switch s, err := metav1.LabelSelectorAsSelector(selector); {
	case err != nil:
		return things + " with a selector that is invalid"
	case s.Empty():
		return "all " + things
	default:
		return things + " with " + s.String()
	}
}

// maxWhy bounds a reason, in bytes.
const maxWhy = 120

// shorten keeps a reason to one line of that length.
func shorten(text string) string {
	const more = "..."
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	if len(text) <= maxWhy {
		return text
	}
	end := maxWhy - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}
