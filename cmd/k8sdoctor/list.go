package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:   "list",
		Usage:  "list every check: its id, what it proves, what it needs",
		Before: noArguments,
		Action: func(c *cli.Context) error {
			w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tPROVES\tNEEDS")
			for _, check := range checks.All() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", check.ID, check.Title, strings.Join(check.Needs, " "))
			}
			fmt.Fprintln(w, "\t\t\nEXPERIMENT\tSHOWS\tFOLLOWS A FAILURE OF")
			for _, probe := range checks.Probes() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", probe.ID, probe.Title, strings.Join(probe.After, " "))
			}
			return w.Flush()
		},
	}
}
