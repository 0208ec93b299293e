package commands

import (
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

// Demo runs the checks in the pod of the lab.
func Demo() *cli.Command {
	return &cli.Command{
		Name:      "demo",
		Usage:     "run the checks against a simulated pod on loopback: no cluster, no root",
		UsageText: "k8sdoctor demo [--fault CODE]... [options]\nk8sdoctor demo --list",
		Flags: append(RunFlags(),
			&cli.StringSliceFlag{Name: "fault", Usage: "inject a fault: the `CODE` of a cause; may be repeated", EnvVars: Env("FAULT")},
			&cli.BoolFlag{Name: "list", Usage: "list the faults that can be injected"},
		),
		Before: NoArguments,
		Action: runDemo,
	}
}

func runDemo(c *cli.Context) error {
	if c.Bool("list") {
		return listFaults(c)
	}
	session, err := NewSession(c)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "k8sdoctor-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pod, err := lab.Start(dir, Given(c, "fault")...)
	if err != nil {
		return err
	}
	defer pod.Close()
	session.Sys, session.simulated = pod.System, true
	session.Again = "the same command with -o wide"
	session.Sys.NoExternalProbes = session.NoExternalProbes
	return session.Show(session.RunUntil(c.Context, time.Time{}))
}

func listFaults(c *cli.Context) error {
	w := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CODE\tFAULT")
	for _, fault := range lab.Faults() {
		fmt.Fprintf(w, "%s\t%s\n", fault.Code, fault.Summary)
	}
	return w.Flush()
}
