// Package commands is what both programs share: the commands that need no pod, how a
// report is shown, and exit statuses.
package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/panics"
)

// issues is where bugs are reported.
const issues = "https://github.com/k8sdoctor/k8sdoctor/issues"

// Run runs the command that args name and returns the exit status. What the library would
// print on standard output, or exit by itself for, becomes an error of ours.
func Run(ctx context.Context, app *cli.App, args []string) (status int) {
	defer func() {
		if recover() != nil { // what it says may be of the pod's secrets
			status = ExitStatus(fmt.Errorf("crashed at %s: a bug of k8sdoctor (%s), not of this pod; please report this line at %s", panics.Frames()[0], app.Version, issues), app.ErrWriter)
		}
	}()
	cli.HelpPrinter = printHelp
	app.HideHelpCommand, app.EnableBashCompletion = true, true
	app.ExitErrHandler, app.OnUsageError = func(*cli.Context, error) {}, usageError
	for _, command := range app.Commands {
		command.OnUsageError, command.HideHelpCommand = usageError, true
		command.UsageText = strings.ReplaceAll(command.UsageText, doctor+" ", app.Name+" ")
	}
	if app.Action == nil {
		app.Action = func(c *cli.Context) error {
			if c.Args().Present() {
				return fmt.Errorf("no command is named %q; see %s --help", c.Args().First(), app.Name)
			}
			return cli.ShowAppHelp(c)
		}
	}
	return ExitStatus(app.RunContext(ctx, flagsFirst(app.Commands, args)), app.ErrWriter)
}

// doctor is the program that runs in a pod, by which usage texts name it.
const doctor = "k8sdoctor"

// usageError keeps the library from printing its help on standard output.
func usageError(c *cli.Context, err error, _ bool) error {
	name := c.App.Name
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != name {
		name += " " + c.Command.Name
	}
	return fmt.Errorf("%w; see %s --help", err, name)
}

// NoArguments turns a forgotten flag into an error instead of ignoring it.
func NoArguments(c *cli.Context) error {
	if c.Args().Present() {
		return fmt.Errorf("unexpected argument %q; see %s %s --help", c.Args().First(), c.App.Name, c.Command.Name)
	}
	return nil
}
