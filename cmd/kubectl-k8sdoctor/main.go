// Command kubectl-k8sdoctor is a kubectl plugin. It takes k8sdoctor into a pod that cannot
// reach the API server, brings its report back by way of the kubelet, and adds what only
// the API knows of the pod.
//
// Standard output carries the report and nothing else; standard error carries progress and
// what is wrong with a call. The exit status is that of k8sdoctor.
package main

import (
	"io"
	"os"
	"slices"

	"github.com/go-logr/logr"
	"github.com/urfave/cli/v2"
	"k8s.io/klog/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// version is set by the linker.
var version = "dev"

func main() {
	klog.SetLogger(logr.Discard()) // what libraries say would stand in the middle of ours
	ctx, stop := commands.Interruptible()
	app := newApp(os.Stdout, os.Stderr)
	status := commands.Run(ctx, app, withCommand(app, os.Args))
	stop()
	os.Exit(status)
}

func newApp(stdout, stderr io.Writer) *cli.App {
	return &cli.App{
		Name:      "kubectl k8sdoctor",
		Usage:     "find out why a pod cannot reach the Kubernetes API server",
		Version:   version,
		Writer:    stdout,
		ErrWriter: stderr,
		Description: `Examples:
   kubectl k8sdoctor deployment/web -n shop   in the least ready pod of a Deployment
   kubectl k8sdoctor pod/web-0 -c app         in this container
   kubectl k8sdoctor run --image IMAGE        in a Job of its own
   kubectl k8sdoctor nodes --image IMAGE      on every node
   kubectl k8sdoctor predict -f change.yaml   which pods would lose it by a change
   kubectl k8sdoctor diagnose report.json     re-diagnose a saved report
   kubectl k8sdoctor explain 'i/o timeout'    what an error message means
   kubectl k8sdoctor demo                     try it on a simulated pod

Exit status: 0 nothing found, 1 something found, 2 could not run.`,
		Commands: []*cli.Command{checkCommand(), runCommand(), nodesCommand(), predictCommand(), commands.Diagnose(), commands.Explain(), commands.List(), commands.Demo(), versionCommand()},
	}
}

// withCommand puts the name of the first command where a call names none:
// "kubectl k8sdoctor deployment/web" is what people type.
func withCommand(app *cli.App, args []string) []string {
	if len(args) < 2 || slices.Contains([]string{"--help", "-h", "--version", "-v", commands.CompletionFlag}, args[1]) ||
		slices.ContainsFunc(app.Commands, func(c *cli.Command) bool { return c.HasName(args[1]) }) {
		return args
	}
	return slices.Insert(slices.Clone(args), 1, app.Commands[0].Name)
}
