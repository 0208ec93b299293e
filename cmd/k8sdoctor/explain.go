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

	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a cause means, what looks like it, and what mends it",
		UsageText: "k8sdoctor explain CODE...\nk8sdoctor explain --all",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "all", Usage: "every cause, as a page of Markdown"}},
		Action:    runExplain,
		BashComplete: func(c *cli.Context) {
			for _, cause := range diagnosis.Catalogue() {
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
	var causes []diagnosis.Cause
	for _, code := range c.Args().Slice() {
		cause, ok := diagnosis.Lookup(code)
		if !ok {
			return fmt.Errorf("no cause is named %q; did you mean %q?", code, nearestCode(code))
		}
		causes = append(causes, cause)
	}
	for i, cause := range causes {
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
	likeness := func(c diagnosis.Cause) float64 {
		_, short, _ := strings.Cut(c.Code, ".")
		text := strings.ToLower(text)
		return max(smetrics.JaroWinkler(text, c.Code, 0.7, 4), smetrics.JaroWinkler(text, short, 0.7, 4))
	}
	return slices.MaxFunc(diagnosis.Catalogue(), func(a, b diagnosis.Cause) int {
		return cmp.Compare(likeness(a), likeness(b))
	}).Code
}

// confidenceRules say what each word promises.
var confidenceRules = map[diagnosis.Confidence]string{
	diagnosis.Certain:  "certain: one observation proves it.",
	diagnosis.Likely:   "likely: the evidence fits, and what looks alike was tested and ruled out.",
	diagnosis.Possible: "possible: what looks alike could not be ruled out from inside the pod.",
}

const proseWidth = 80

// explain writes the long form of one cause as Markdown that also reads well in
// a terminal.
func explain(w io.Writer, heading string, c diagnosis.Cause) error {
	effect := "Reported as a failure."
	if c.Warning {
		effect = "Reported as a warning: requests can work in spite of it."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", heading, c.Code)
	fmt.Fprintf(&b, "%s\n\n", fillWidth(sentence(c.Title)+" "+effect))
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Told apart:** "+c.Apart))
	fmt.Fprintf(&b, "%s\n\n", fillWidth("**Confidence** on the word of one check: "+confidenceRules[c.Confidence]+
		" Other results and experiments can raise or lower it."))
	fmt.Fprintf(&b, "**Fix:**\n\n```text\n%s\n```\n", strings.Join(diagnosis.Seen{}.FixOf(c).Lines(), "\n"))
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

// layerTitles are the headings of the page, in causal order.
var layerTitles = []struct{ layer, title string }{
	{"env", "env: the variables that the kubelet injects"},
	{"volume", "volume: the files of the service account"},
	{"net", "net: the path to the API server"},
	{"proxy", "proxy: HTTP proxies from the environment"},
	{"dns", "dns: names"},
	{"tls", "tls: certificates"},
	{"token", "token: the bearer token"},
	{"api", "api: the answers of the API server"},
	{"kubectl-proxy", "kubectl-proxy: a kubectl proxy in the pod"},
	{"internal", "internal: k8sdoctor itself"},
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
	for _, l := range layerTitles {
		if _, err := fmt.Fprintf(w, "\n## %s\n", l.title); err != nil {
			return err
		}
		for _, c := range diagnosis.Catalogue() {
			if !strings.HasPrefix(c.Code, l.layer+".") {
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
