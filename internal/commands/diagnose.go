package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// Diagnose re-diagnoses a saved report.
func Diagnose() *cli.Command {
	return &cli.Command{
		Name:      "diagnose",
		Usage:     "re-diagnose a saved report, with this version: no cluster, no network",
		UsageText: "k8sdoctor diagnose [options] FILE\nk8sdoctor diagnose [options] -",
		Flags:     ShowFlags(),
		Action:    runDiagnose,
	}
}

func runDiagnose(c *cli.Context) error {
	out, err := NewOutput(c)
	if err != nil {
		return err
	}
	if c.NArg() != 1 {
		return errors.New("which report? k8sdoctor diagnose FILE, or - for standard input")
	}
	out.Again = c.App.Name + " diagnose -o wide " + c.Args().First()
	r, err := SavedReport(c.Context, c.Args().First(), c.App.Reader)
	if err != nil {
		return err
	}
	return out.Show(r.Rediagnosed())
}

// SavedReport reads a report from a file, or from standard input for "-". It waits
// for no more of it once ctx has ended.
func SavedReport(ctx context.Context, name string, stdin io.Reader) (report.Report, error) {
	type answer struct {
		report.Report
		error
	}
	read := make(chan answer, 1)
	go func() {
		r, err := openReport(name, stdin)
		read <- answer{r, err}
	}()
	select {
	case got := <-read:
		return got.Report, got.error
	case <-ctx.Done():
		return report.Report{}, context.Cause(ctx)
	}
}

func openReport(name string, stdin io.Reader) (report.Report, error) {
	from := stdin
	if name == "-" {
		name = "standard input"
	} else {
		file, err := os.Open(name)
		if err != nil {
			return report.Report{}, err
		}
		defer file.Close()
		from = file
	}
	r, err := report.Read(from)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
