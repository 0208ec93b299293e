package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a cause means, what looks like it, and what mends it",
		UsageText: "k8sdoctor explain [--from FILE] CODE...\nk8sdoctor explain --all",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: "every cause, as a page of Markdown"},
			&cli.StringFlag{Name: "from", Usage: "set what a saved report saw beside what the cause predicts: a `FILE` of check -o json"},
		},
		Action: runExplain,
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
	seen, err := savedObservations(c.String("from"))
	if err != nil {
		return err
	}
	var pages []*causes.Page
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
		if err := explain(c.App.Writer, "#", cause, seen); err != nil {
			return err
		}
	}
	return nil
}

// savedObservations reads what a saved report observed; it is nil for no name.
func savedObservations(name string) (observe.Set, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := readReport(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return observe.All(r.Results), nil
}

// nearestCode compares with whole codes and with their part after the dot,
// which is what people remember.
func nearestCode(text string) string {
	likeness := func(c *causes.Page) float64 {
		_, short, _ := strings.Cut(c.Code, ".")
		text := strings.ToLower(text)
		return max(smetrics.JaroWinkler(text, c.Code, 0.7, 4), smetrics.JaroWinkler(text, short, 0.7, 4))
	}
	return slices.MaxFunc(causes.All(), func(a, b *causes.Page) int {
		return cmp.Compare(likeness(a), likeness(b))
	}).Code
}

const explainIntro = `# Causes

What k8sdoctor may name as the reason why a pod cannot use the API server.
` + "`k8sdoctor explain --all`" + ` prints this page; ` + "`k8sdoctor explain CODE`" + ` prints one
entry of it. A code is never renamed or reused.

Every named cause carries one of three words:

- certain: one observation proves it.
- likely: it is in every explanation that is left, and what explains the same was
  ruled out; the report says by what.
- possible: other causes explain the same; the report names them and says what
  would decide.

The tables say what a cause predicts of what is observed (k8sdoctor list
observations). What proves it makes it certain; what is needed must have been
seen, or it is not named; another value than it must have contradicts it; another
one than usual speaks against it.

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
			if err := explain(w, "###", c, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
