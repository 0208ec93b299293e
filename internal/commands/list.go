package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// List lists checks, probes and observations.
func List() *cli.Command {
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
	var list, probes [][]string
	for _, check := range checks.All() {
		list = append(list, []string{check.ID, check.Title, strings.Join(check.Needs, " ")})
	}
	for _, probe := range checks.Probes() {
		probes = append(probes, []string{probe.ID, probe.Title, strings.Join(observationsOf(probe), " ")})
	}
	if err := report.Columns(c.App.Writer, listWidth, []string{"CHECK", "VERIFIES", "NEEDS"}, list); err != nil {
		return err
	}
	fmt.Fprintln(c.App.Writer)
	return report.Columns(c.App.Writer, listWidth, []string{"PROBE", "SHOWS", "OBSERVES"}, probes)
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
	var shown [][]string
	for _, row := range rows[1:] {
		shown = append(shown, []string{row[0], row[1], row[5]})
	}
	return report.Columns(c.App.Writer, listWidth, []string{"SUBJECT", "VALUES", "MEANING"}, shown)
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
