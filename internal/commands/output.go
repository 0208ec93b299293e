package commands

import (
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Output says where a report goes, and in which form.
type Output struct {
	Stdout, Stderr io.Writer
	Format         report.Format
	FailOnWarn     bool
	// Again is how to get the wide report, where that is not the doctor's own way.
	Again          string
	program        string // that explains causes
	further        []fileReport
	color, symbols bool
}

// NewOutput reads ShowFlags.
func NewOutput(c *cli.Context) (o Output, err error) {
	o.Stdout, o.Stderr, o.program = c.App.Writer, c.App.ErrWriter, c.App.Name
	if o.Format, err = FormatOf(c, "output", report.Formats()); err != nil {
		return o, err
	}
	if o.further, err = furtherReports(Given(c, "report")); err != nil {
		return o, err
	}
	if o.FailOnWarn, err = OneOf(c, "fail-on", "warn", "fail"); err != nil {
		return o, err
	}
	return o, o.style(c)
}

// Show writes the report, and returns the exit status that belongs to it as an error.
func (o *Output) Show(r report.Report) error {
	if err := o.Format.Write(o.Stdout, r, o.options()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	var failed error
	if o.Format.Name == "github" {
		failed = writeJobSummary(r)
	}
	for _, f := range o.further {
		failed = errors.Join(failed, f.write(r, o.Stdout, o.Stderr))
	}
	if failed != nil {
		Complain(o.Stderr, failed)
	}
	if status := o.Status(r); status != Fine {
		return ExitCode(status)
	}
	if failed != nil {
		return ExitCode(NoResult)
	}
	return nil
}

// options are what a format for people heeds.
func (o *Output) options() report.Options {
	opts := report.Options{Color: o.color, Symbols: o.symbols, Again: o.Again, Program: o.program}
	if size, ok := Terminal(o.Stdout); ok {
		opts.Width, _ = size()
	}
	return opts
}

// Style reads how text for people looks on standard output.
func Style(c *cli.Context) (report.Options, error) {
	o := Output{Stdout: c.App.Writer, program: c.App.Name}
	err := o.style(c)
	return o.options(), err
}

// Status is the exit status of a run.
func (o *Output) Status(r report.Report) int {
	switch seen := report.Worst(r.Results); {
	case seen == observe.Fail, seen == observe.Warn && o.FailOnWarn:
		return Found
	case r.Incomplete != "":
		return NoResult
	}
	return Fine
}
