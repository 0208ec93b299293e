package lab

import (
	"cmp"
	"fmt"
	"strings"
)

// fieldLog is the log: one entry for each report.
func fieldLog(reports []publicReport, answers map[string]fieldAnswer) string {
	whys := map[string]string{}
	for _, w := range fieldWorlds() {
		whys[w.name] = w.why
	}
	var b strings.Builder
	b.WriteString("## Log\n")
	for _, r := range reports {
		fmt.Fprintf(&b, "\n### %s\n\n", r.ID)
		item := func(label, text string) { b.WriteString(wrapped("- "+label+": "+text, 98)) }
		item("Source", r.Source)
		item("Seen", r.Symptom)
		item("Cause", r.Cause)
		var reasons []string
		for _, world := range r.Worlds {
			a := answers[world]
			item("Provoked", fmt.Sprintf("TestField, %q", world))
			item("The doctor says", a.says())
			if whys[world] != "" {
				reasons = append(reasons, whys[world])
			}
		}
		switch {
		case r.Scenario != "":
			item("Provoked", fmt.Sprintf("in network namespaces, %q", r.Scenario))
			item("The doctor says", r.Named)
		case r.Why != "":
			item("Not made here", r.Why)
			continue
		}
		now := r.judgement(answers)
		if r.Before != "" {
			now = r.Before + " → " + now
		}
		if len(reasons) > 0 {
			now += ": " + strings.Join(reasons, "; ")
		}
		item("Judged", now)
	}
	return b.String()
}

// says is the answer in one line.
func (a fieldAnswer) says() string {
	text := cmp.Or(a.Named, "no cause")
	if len(a.Warnings) > 0 {
		text += "; " + strings.Join(a.Warnings, ", ")
	}
	switch n := len(a.Clients); {
	case n > 0 && n <= 3:
		text += "; clients that fail: " + strings.Join(a.Clients, ", ")
	case n > 0:
		text += fmt.Sprintf("; %d clients fail", n)
	}
	return text
}

// wrapped breaks an item of a list into lines.
func wrapped(text string, columns int) string {
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > columns {
			b.WriteString(line + "\n")
			line = "  " + word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
