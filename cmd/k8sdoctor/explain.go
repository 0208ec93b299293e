package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a cause means, what looks like it, and what mends it",
		UsageText: "k8sdoctor explain CODE...\nk8sdoctor explain --all",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "all", Usage: "every cause, as a page of Markdown"}},
		Action:    runExplain,
		BashComplete: func(c *cli.Context) {
			for _, cause := range causes.All() {
				fmt.Fprintln(c.App.Writer, cause.Code)
			}
		},
	}
}

func runExplain(c *cli.Context) error {
	switch {
	case c.Bool("all") && c.Args().Present():
		return fmt.Errorf("--all explains every cause; leave %q out", c.Args().First())
	case c.Bool("all"):
		return explainAll(c.App.Writer)
	case !c.Args().Present():
		return errors.New("which cause? k8sdoctor explain CODE, or k8sdoctor explain --all")
	}
	var pages []causes.Page
	for _, code := range c.Args().Slice() {
		cause, ok := causes.Lookup(code)
		if !ok {
			return fmt.Errorf("no cause is named %q; did you mean %q?", code, nearestCode(code))
		}
		pages = append(pages, cause)
	}
	for i, cause := range pages {
		if i > 0 {
			fmt.Fprintln(c.App.Writer)
		}
		if err := explain(c.App.Writer, "#", cause); err != nil {
			return err
		}
	}
	return nil
}

// nearestCode compares with whole codes and with their part after the dot,
// which is what people remember.
func nearestCode(text string) string {
	likeness := func(c causes.Page) float64 {
		_, short, _ := strings.Cut(c.Code, ".")
		text := strings.ToLower(text)
		return max(smetrics.JaroWinkler(text, c.Code, 0.7, 4), smetrics.JaroWinkler(text, short, 0.7, 4))
	}
	return slices.MaxFunc(causes.All(), func(a, b causes.Page) int {
		return cmp.Compare(likeness(a), likeness(b))
	}).Code
}

// confidenceRules say what each word promises.
var confidenceRules = map[causes.Confidence]string{
	causes.Certain:  "certain: one observation proves it.",
	causes.Likely:   "likely: the evidence fits, and what looks alike was tested and ruled out.",
	causes.Possible: "possible: what looks alike could not be ruled out from inside the pod.",
}

const proseWidth = 80

// explain writes the long form of one cause as Markdown that also reads well in
// a terminal.
func explain(w io.Writer, heading string, c causes.Page) error {
	effect := "Reported as a failure."
	if c.Warning {
		effect = "Reported as a warning: requests can work in spite of it."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", heading, c.Code)
	fmt.Fprintf(&b, "%s\n\n", fillWidth(sentence(c.Title)+" "+effect))
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Told apart:** "+c.Apart))
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Confidence** on the word of one check: "+confidenceRules[c.Alone]+
		" Other results and experiments can raise or lower it."))
	fmt.Fprintf(&b, "**Fix:**\n\n```text\n%s\n```\n", strings.Join(causes.Input{}.FixOf(c).Lines(), "\n"))
	_, err := io.WriteString(w, b.String())
	return err
}

func sentence(text string) string {
	if word, _, _ := strings.Cut(text, " "); word == strings.ToLower(word) && !strings.Contains(word, ".") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return text + "."
}

// fillWidth breaks a text into lines.
func fillWidth(text string) string {
	var b strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		switch n := len([]rune(word)); {
		case used == 0:
			used = n
		case used+1+n > proseWidth:
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

const explainIntro = `# Causes

What k8sdoctor may name as the reason why a pod cannot use the API server.
` + "`k8sdoctor explain --all`" + ` prints this page; ` + "`k8sdoctor explain CODE`" + ` prints one
entry of it. A code is never renamed or reused.

Every named cause carries one of three words:

- certain: one observation proves it.
- likely: the evidence fits, and what looks alike was tested and ruled out.
- possible: what looks alike could not be ruled out from inside the pod; the
  report then says what would decide.

A fix is steps to paste into sh or bash, one after the other (zsh knows comments
only after setopt interactivecomments): a look says what it shows and which
answer leads to which step; a change says for whom it is and how it is undone;
what somebody else has to do is asked for in comments. The lines before the
first step set what is not known, here all of it; a report has filled in what it
has seen. NAME=$(...) finds it by itself; where a line reads NAME=NAME, the
right one of a list is yours to fill in. Lines that begin with # are comments.
`

// explainAll writes the page of all causes.
func explainAll(w io.Writer) error {
	if _, err := io.WriteString(w, explainIntro); err != nil {
		return err
	}
	for _, l := range causes.Layers() {
		if _, err := fmt.Fprintf(w, "\n## %s: %s\n", l.Name, l.Title); err != nil {
			return err
		}
		for _, c := range causes.All() {
			if !strings.HasPrefix(c.Code, l.Name+".") {
				continue
			}
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
			if err := explain(w, "###", c); err != nil {
				return err
			}
		}
	}
	return nil
}
