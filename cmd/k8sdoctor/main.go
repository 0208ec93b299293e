// Command k8sdoctor runs in a pod, runs the steps of an in-cluster client, and says
// why they cannot reach the API server and how to fix it.
//
// Standard output carries the report and nothing else; standard error carries
// progress and what is wrong with a call. The exit status is 0 when nothing was
// found, 1 when something was, and 2 when k8sdoctor could not run.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	_ "github.com/k8sdoctor/k8sdoctor/onecpu"
)

// version is set by the linker.
var version = "dev"

func main() {
	log.SetOutput(io.Discard)
	stderr, err := takeStderr()
	if err != nil {
		os.Exit(commands.ExitStatus(fmt.Errorf("standard error: %w", err), os.Stderr))
	}
	ctx, stop := commands.Interruptible()
	status := commands.Run(ctx, newApp(os.Stdout, stderr), os.Args)
	stop()
	os.Exit(status)
}

func newApp(stdout, stderr io.Writer) *cli.App {
	return &cli.App{
		Name:      "k8sdoctor",
		Usage:     "find out why this pod cannot reach the Kubernetes API server",
		Version:   version,
		Writer:    stdout,
		ErrWriter: stderr,
		Description: `Examples:
   k8sdoctor check                       in a pod: run all checks, print a table
   k8sdoctor check -o json               the same as JSON
   k8sdoctor check --only 'dns.*'        some checks, and those that they need
   k8sdoctor check --can-i get/pods      may the service account do this?
   k8sdoctor check --wait 2m             retry until all checks pass
   k8sdoctor watch --listen :9090        again and again, with metrics
   k8sdoctor diagnose report.json        anywhere: re-diagnose a saved report
   k8sdoctor explain 'i/o timeout'       anywhere: what an error message means
   k8sdoctor explain net.api-blocked     anywhere: explain a cause and its fix
   k8sdoctor demo --fault tls.expired    anywhere: try it on a simulated pod

Exit status: 0 nothing found, 1 something found, 2 could not run.`,
		Commands: []*cli.Command{checkCommand(), watchCommand(), commands.Diagnose(), commands.Explain(), commands.List(), commands.Demo(), completionCommand(), idleCommand()},
	}
}
