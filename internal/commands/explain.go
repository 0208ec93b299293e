package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/messages"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Explain explains causes and error messages.
func Explain() *cli.Command {
	return &cli.Command{
		Name:  "explain",
		Usage: "explain a cause and its fix, or what an error message means",
		UsageText: strings.Join([]string{
			"k8sdoctor explain                          the causes, by layer",
			"k8sdoctor explain LAYER                    the causes of a layer, such as net",
			"k8sdoctor explain [--from FILE] CODE...    a cause and how to fix it",
			"k8sdoctor explain 'ERROR MESSAGE'          what a client's error message means",
			"kubectl logs POD | k8sdoctor explain -     the same for each error message in a log",
			"k8sdoctor explain --all                    every cause, as Markdown",
		}, "\n"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: "explain every cause, as one page of Markdown"},
			&cli.StringFlag{Name: "from", Usage: "show what a saved report observed beside what the cause predicts: a `FILE` of check -o json"},
		},
		Action: runExplain,
		BashComplete: func(c *cli.Context) {
			for _, l := range causes.Layers() {
				fmt.Fprintln(c.App.Writer, l.Name)
			}
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
		return listCauses(c.App.Writer, causes.Layers())
	case c.NArg() == 1 && c.Args().First() == "-":
		return explainLog(c.Context, c.App.Writer, c.App.Reader)
	}
	if i := slices.IndexFunc(causes.Layers(), func(l causes.Layer) bool { return l.Name == c.Args().First() }); i >= 0 && c.NArg() == 1 {
		return listCauses(c.App.Writer, causes.Layers()[i:i+1])
	}
	_, known := messages.Find(c.Args().First())
	if known && c.NArg() == 1 && !codeForm().MatchString(c.Args().First()) || slices.ContainsFunc(c.Args().Slice(), func(arg string) bool { return !looksLikeCode(arg) }) {
		return explainMessage(c.App.Writer, strings.Join(c.Args().Slice(), " "))
	}
	seen, err := savedObservations(c.Context, c.String("from"), c.App.Reader)
	if err != nil {
		return err
	}
	var pages []*causes.Page
	for _, code := range c.Args().Slice() {
		cause, ok := causes.Lookup(code)
		if !ok {
			return fmt.Errorf("no cause is named %q; %s", code, suggestion(code))
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
func savedObservations(ctx context.Context, name string, stdin io.Reader) (observe.Set, error) {
	if name == "" {
		return nil, nil
	}
	r, err := SavedReport(ctx, name, stdin)
	if err != nil {
		return nil, err
	}
	return observe.All(r.Results), nil
}

var codeForm = pattern.Lazy(`^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$`)

// looksLikeCode says that an argument is a code, or meant as one: anything else is an
// error message.
func looksLikeCode(text string) bool {
	if codeForm().MatchString(text) {
		return true
	}
	_, likeness := nearestCodes(strings.ToLower(text))
	return !strings.Contains(text, " ") && likeness >= near
}

// listWidth is how wide a list may be, in columns.
const listWidth = 100

// listCauses lists the causes of layers, each with what it means.
func listCauses(w io.Writer, layers []causes.Layer) error {
	for i, l := range layers {
		if i > 0 {
			fmt.Fprintln(w)
		}
		var rows [][]string
		for _, c := range causes.All() {
			if causes.LayerOf(c.Code) == l.Name {
				rows = append(rows, []string{c.Code, c.Title})
			}
		}
		if err := report.Columns(w, listWidth, []string{strings.ToUpper(l.Name), l.Title}, rows); err != nil {
			return err
		}
	}
	return nil
}

// near is from which likeness on, of at most 1, a code is taken for one with a
// typing error.
const near = 0.9

// suggestion names the codes that may be meant, or else all codes of the layer.
func suggestion(text string) string {
	text = strings.ToLower(text)
	if codes, likeness := nearestCodes(text); likeness >= near {
		return "did you mean " + strings.Join(codes, " or ") + "?"
	}
	layer, _, _ := strings.Cut(text, ".")
	var codes []string
	for _, c := range causes.All() {
		if causes.LayerOf(c.Code) == layer {
			codes = append(codes, c.Code)
		}
	}
	if len(codes) > 0 {
		return fmt.Sprintf("the causes of %s are %s", layer, strings.Join(codes, ", "))
	}
	return "k8sdoctor explain lists all causes"
}

// nearestCodes are the codes that the text is most like, in quotes. What people
// remember is the part after the dot: it says more than the layer.
func nearestCodes(text string) (codes []string, likeness float64) {
	layer, rest, dotted := strings.Cut(text, ".")
	if !dotted {
		rest = text
	}
	for _, c := range causes.All() {
		_, short, _ := strings.Cut(c.Code, ".")
		alike := smetrics.JaroWinkler(rest, short, 0.7, 4)
		switch {
		case !dotted:
			alike = max(alike, smetrics.JaroWinkler(text, c.Code, 0.7, 4))
		case layer != causes.LayerOf(c.Code) && rest == short:
			alike = near // the right words under the wrong layer
		case layer != causes.LayerOf(c.Code):
			alike = smetrics.JaroWinkler(text, c.Code, 0.7, 4)
		}
		if alike > likeness {
			codes, likeness = nil, alike
		}
		if alike == likeness {
			codes = append(codes, strconv.Quote(c.Code))
		}
	}
	return codes, likeness
}

const explainIntro = `# Causes

The reasons that k8sdoctor can give why a pod cannot use the API server.
` + "`k8sdoctor explain --all`" + ` prints this page, ` + "`k8sdoctor explain CODE`" + ` prints one
entry of it. Codes are never renamed or reused.

Every cause in a report has one of three confidences:

- certain: one observation proves it.
- likely: it is in every explanation that remains, and similar causes were ruled
  out; the report says by which observations.
- possible: other causes explain the same observations; the report names them and
  says how to confirm.

The tables show which observations a cause predicts (k8sdoctor list
observations). An observation that *proves* the cause makes it certain. A
*required* one must be there, or the cause is not named. A *necessary* one rules
the cause out if it has another value. A *usual* one makes the cause less
probable if it has another value.

A fix is a list of steps to paste into sh or bash, one after the other (zsh
ignores comments only after setopt interactivecomments). A *look* changes
nothing; it says which answer leads to which step. A *change* says what it
changes and how to undo it. An *ask* is a request to somebody else, in comments.
The lines before the first step set what is not known, here all of it; a report
fills in what it observed. NAME=$(...) finds a value by itself; in a line with
NAME=NAME, replace the value by one from the list that the command prints.
Lines that begin with # are comments.
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
