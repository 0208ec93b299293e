// Command k8sdoctor runs in a pod, runs the steps of an in-cluster client, and says
// why they cannot reach the API server and how to fix it.
//
// Standard output carries the report and nothing else; standard error carries
// progress and what is wrong with a call. The exit status is 0 when nothing was
// found, 1 when something was, and 2 when k8sdoctor could not run.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	_ "github.com/k8sdoctor/k8sdoctor/onecpu"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// version is set by the linker.
var version = "dev"

func main() {
	log.SetOutput(io.Discard)
	stderr, err := takeStderr()
	if err != nil {
		os.Exit(exitStatus(fmt.Errorf("standard error: %w", err), os.Stderr))
	}
	ctx, stop := interruptible()
	status := run(ctx, os.Args, os.Stdout, stderr)
	stop()
	os.Exit(status)
}

// issues is where bugs are reported.
const issues = "https://github.com/k8sdoctor/k8sdoctor/issues"

// The exit statuses, as grep and diff have them.
const (
	statusFine     = 0
	statusFound    = 1
	statusNoResult = 2
)

// exitCode is the error of a run that has done its work and found something.
type exitCode int

// Error implements error.
func (f exitCode) Error() string { return fmt.Sprintf("exit status %d", int(f)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	defer func() {
		if recover() != nil { // what it says may be of the pod's secrets
			status = exitStatus(fmt.Errorf("crashed at %s: a bug of k8sdoctor (%s), not of this pod; please report this line at %s", panics.Frames()[0], version, issues), stderr)
		}
	}()
	cli.HelpPrinter = printHelp
	app := newApp(stdout, stderr)
	return exitStatus(app.RunContext(ctx, flagsFirst(app.Commands, args)), stderr)
}

// exitStatus says on standard error what kept a command from its work.
func exitStatus(err error, stderr io.Writer) int {
	if err == nil {
		return statusFine
	}
	if f, ok := errors.AsType[exitCode](err); ok {
		return int(f)
	}
	complain(stderr, err)
	return statusNoResult
}

// complain says what is wrong, in words that may be of a flag, a variable or a
// file.
func complain(stderr io.Writer, err error) {
	fmt.Fprintf(stderr, "k8sdoctor: %s\n", redact.ReadToken(pod.OwnPod()).Clean(err.Error()))
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                 "k8sdoctor",
		Usage:                "find out why this pod cannot reach the Kubernetes API server",
		Version:              version,
		Writer:               stdout,
		ErrWriter:            stderr,
		HideHelpCommand:      true,
		EnableBashCompletion: true,
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
		Commands: []*cli.Command{checkCommand(), watchCommand(), diagnoseCommand(), explainCommand(), listCommand(), demoCommand(), completionCommand()},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return fmt.Errorf("no command is named %q; see k8sdoctor --help", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError,
	}
	for _, command := range app.Commands {
		command.OnUsageError = usageError
		command.HideHelpCommand = true
	}
	return app
}

// usageError keeps the library from printing its help on standard output.
func usageError(c *cli.Context, err error, _ bool) error {
	name := "k8sdoctor"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != name {
		name += " " + c.Command.Name
	}
	return fmt.Errorf("%w; see %s --help", err, name)
}

// noArguments turns a forgotten flag into an error instead of ignoring it.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("unexpected argument %q; see k8sdoctor %s --help", c.Args().First(), c.Command.Name)
	}
	return nil
}

// interruptible returns a context that SIGTERM, SIGINT and SIGQUIT end, with the
// signal as the cause.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt, syscall.SIGQUIT)
	go func() {
		got, ok := <-signals
		if !ok {
			return
		}
		names := map[os.Signal]string{syscall.SIGTERM: "SIGTERM", os.Interrupt: "SIGINT", syscall.SIGQUIT: "SIGQUIT"}
		cancel(errors.New("interrupted by " + names[got]))
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
	}
}
