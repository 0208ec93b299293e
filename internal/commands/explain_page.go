package commands

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const proseWidth = 80

// explain writes the page of one cause as Markdown that also reads well in a
// terminal; seen is what a saved report observed, nil without one.
func explain(w io.Writer, heading string, c *causes.Page, seen observe.Set) error {
	effect := "Reported as a failure."
	if c.Warning {
		effect = "Reported as a warning: requests can still work."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", heading, c.Code)
	fmt.Fprintf(&b, "%s\n\n", fillWidth(sentence(c.Title)+" "+effect))
	if c.Special != "" {
		fmt.Fprintf(&b, "A special case of %s.\n\n", c.Special)
	}
	for i, form := range c.Forms {
		if i > 0 {
			b.WriteString("Or:\n\n")
		}
		b.WriteString(predictions(form, seen))
		b.WriteByte('\n')
	}
	if len(c.Consequences) > 0 {
		fmt.Fprintf(&b, "%s\n\n", fillWidth("**Consequences:** "+consequences(c)+"."))
	}
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Similar causes:** "+c.Similar))
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Confidence** from this check alone: "+string(c.Alone)+"."))
	if c.Confirm.Known() {
		fmt.Fprintf(&b, "%s\n\n", fillWidth("**To confirm:** "+c.Confirm.Question()))
		if c.Confirm.Command != "" {
			fmt.Fprintf(&b, "```text\n%s\n```\n\n", c.Confirm.Command)
		}
	}
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Fix:** "+c.Remedy+"."))
	fmt.Fprintf(&b, "```text\n%s\n```\n", strings.Join((causes.Input{}).FixOf(c).Lines(), "\n"))
	if len(c.Sources) > 0 {
		fmt.Fprintf(&b, "\n%s\n", fillWidth("**Sources:** "+strings.Join(c.Sources, "; ")+"."))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var priors = map[causes.Prior]string{causes.Rare: "rare", causes.Uncommon: "uncommon", causes.Common: "common"}

// predictions is a table of one form, with what was seen beside it.
func predictions(f causes.Form, seen observe.Set) string {
	head := []string{"observation", "predicted (" + priors[f.Prior] + ")", "role"}
	if seen != nil {
		head = append(head, "this report")
	}
	rows := [][]string{head}
	for _, part := range []struct {
		role string
		list causes.Predictions
		rare float64
	}{{"proves it", f.Proof, observe.RareMust}, {"required", f.Needs, observe.RareMust}, {"necessary", f.Must, observe.RareMust}, {"usual", f.Usual, observe.RareUsual}} {
		for _, x := range part.list {
			row := []string{x.Subject.ID, x.String(), part.role}
			if seen != nil {
				row = append(row, fit(x, seen, part.rare))
			}
			rows = append(rows, row)
		}
	}
	return markdownTable(rows)
}

// fit is what a report saw of a prediction.
func fit(x observe.Prediction, seen observe.Set, rare float64) string {
	value, ok := seen.Value(x.Subject)
	switch {
	case !ok:
		return "not observed"
	case x.Fits(value, rare):
		return "fits: " + x.Subject.Shown(value)
	}
	return "contradicts: " + x.Subject.Shown(value)
}

func markdownTable(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("-", n)
	}
	var b strings.Builder
	for _, row := range slices.Insert(rows, 1, rule) {
		for i, cell := range row {
			fmt.Fprintf(&b, "| %-*s ", widths[i], cell)
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// consequences are the symptoms that a cause brings about, each with its values.
func consequences(c *causes.Page) string {
	var texts []string
	for _, x := range c.Consequences {
		texts = append(texts, x.Subject.ID+" "+x.String())
	}
	return strings.Join(texts, ", ")
}

func sentence(text string) string {
	if word, _, _ := strings.Cut(text, " "); word == strings.ToLower(word) && !strings.Contains(word, ".") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return text + "."
}

// fillWidth breaks a text into lines of prose.
func fillWidth(text string) string { return fill(text, proseWidth) }

// fill breaks a text into lines of at most so many characters.
func fill(text string, width int) string {
	var b strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		switch n := len([]rune(word)); {
		case used == 0:
			used = n
		case used+1+n > width:
			b.WriteByte('\n')
			used = n
		default:
			b.WriteByte(' ')
			used += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}
