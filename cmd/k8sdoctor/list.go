package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "list all checks and probes, or all observations",
		UsageText: "k8sdoctor list\nk8sdoctor list observations",
		Action: func(c *cli.Context) error {
			switch what := c.Args().First(); {
			case what == "observations" && c.NArg() == 1:
				return listObservations(c)
			case c.Args().Present():
				return fmt.Errorf("unexpected argument %q; see k8sdoctor list --help", what)
			}
			return listChecks(c)
		},
		Flags:        []cli.Flag{&cli.BoolFlag{Name: "markdown", Usage: "print the observations as a page of Markdown"}},
		BashComplete: func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "observations") },
	}
}

func listChecks(c *cli.Context) error {
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHECK\tVERIFIES\tNEEDS")
	for _, check := range checks.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", check.ID, check.Title, strings.Join(check.Needs, " "))
	}
	fmt.Fprintln(w, "\t\t\nPROBE\tSHOWS\tOBSERVES")
	for _, probe := range checks.Probes() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", probe.ID, probe.Title, strings.Join(observationsOf(probe), " "))
	}
	return w.Flush()
}

func observationsOf(c *checks.Check) []string {
	var ids []string
	for _, s := range c.Records {
		ids = append(ids, s.ID)
	}
	return ids
}

// observationsIntro begins the page of the vocabulary.
const observationsIntro = `# Observations

What the checks and probes of k8sdoctor observe, as in
` + "`results[].observations`" + ` of a JSON report. ` + "`k8sdoctor list observations`" + ` prints the
same. Subjects are never renamed. A subject that is not in a report was not observed,
which does not mean "no".

The values before the slash are those of a healthy pod. If a subject has several values,
for example one for each nameserver, the first one in this order counts. Any other value
of a symptom needs an explanation; the values of other subjects distinguish explanations.
Texts are for sentences and fixes; they never decide anything.

`

// listObservations writes the vocabulary, as a page of Markdown where that is asked for.
func listObservations(c *cli.Context) error {
	rows := [][]string{{"subject", "values", "symptom", "observed by", "source", "meaning"}}
	for _, r := range observe.Vocabulary() {
		symptom := ""
		if r.Symptom {
			symptom = "yes"
		}
		rows = append(rows, []string{r.ID, valuesOf(r), symptom, strings.Join(recorders(r), " "), string(r.From()), r.Means})
	}
	if c.Bool("markdown") {
		for _, row := range rows {
			row[1] = strings.ReplaceAll(row[1], "|", "/")
		}
		_, err := fmt.Fprint(c.App.Writer, observationsIntro, markdownTable(rows))
		return err
	}
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for i, row := range rows {
		line := strings.Join(row, "\t")
		if i == 0 {
			line = strings.ToUpper(line)
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

func valuesOf(r *observe.Row) string {
	values := string(r.Kind)
	if r.Kind == observe.KindWord {
		healthy := len(r.Healthy)
		values = strings.Join(r.Words[:healthy], " ") + " | " + strings.Join(r.Words[healthy:], " ")
	}
	if r.Each != "" {
		values += ", by " + r.Each
	}
	return strings.TrimPrefix(values, " | ")
}

func recorders(r *observe.Row) []string {
	var ids []string
	for _, c := range examine.AllChecks() {
		if slices.ContainsFunc(c.Records, func(s *observe.Row) bool { return s == r }) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
