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
		Usage:     "list every check and every probe, or what they observe",
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
		BashComplete: func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "observations") },
	}
}

func listChecks(c *cli.Context) error {
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tPROVES\tNEEDS")
	for _, check := range checks.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", check.ID, check.Title, strings.Join(check.Needs, " "))
	}
	fmt.Fprintln(w, "\t\t\nPROBE\tSHOWS\tOBSERVES")
	for _, probe := range checks.Probes() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", probe.ID, probe.Title, strings.Join(observed(probe), " "))
	}
	return w.Flush()
}

func observed(c *checks.Check) []string {
	var ids []string
	for _, s := range c.Records {
		ids = append(ids, s.ID)
	}
	return ids
}

// listObservations writes the vocabulary: of words, those that a healthy pod shows
// come first, before the stroke.
func listObservations(c *cli.Context) error {
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SUBJECT\tVALUES\tSYMPTOM\tSEEN BY\tFROM\tMEANS")
	for _, s := range observe.Vocabulary() {
		r := s
		symptom := ""
		if r.Symptom {
			symptom = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, valuesOf(r), symptom, strings.Join(recorders(r), " "), r.From(), r.Means)
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
	for _, c := range examine.Everything() {
		if slices.ContainsFunc(c.Records, func(s *observe.Row) bool { return s == r }) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
