package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// maxReport is how much of a saved report is read, in bytes.
const maxReport = 16 << 20

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
	return out.Show(Rediagnose(r))
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
	r, err := ReadReport(from)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// byteOrderMark is what some shells of Windows write before a file.
var byteOrderMark = []byte("\uFEFF")

// ReadReport reads what check -o json has written. Fields that this version
// does not know are left out.
func ReadReport(from io.Reader) (report.Report, error) {
	var r report.Report
	data, err := io.ReadAll(io.LimitReader(from, maxReport+1))
	switch {
	case err != nil:
		return r, err
	case len(data) > maxReport:
		return r, fmt.Errorf("no report: more than %d MiB", maxReport>>20)
	case len(data) == 0:
		return r, errors.New("no report: empty")
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, byteOrderMark), &r); err != nil {
		return r, fmt.Errorf("no report of k8sdoctor check -o json: %w", err)
	}
	switch {
	case r.Kind != "Report" || r.APIVersion == "":
		return r, fmt.Errorf("no report of k8sdoctor check -o json: kind %q, apiVersion %q", r.Kind, r.APIVersion)
	case r.APIVersion != "k8sdoctor/v1":
		return r, fmt.Errorf("a report of apiVersion %q; this version reads k8sdoctor/v1", r.APIVersion)
	}
	if r.Results == nil {
		return r, errors.New("no report: it has no results")
	}
	for i, result := range r.Results {
		if !slices.Contains([]observe.Status{observe.Pass, observe.Warn, observe.Fail, observe.Skip}, result.Status) {
			return r, fmt.Errorf("no report: result %d (%s) has status %q", i+1, result.ID, result.Status)
		}
	}
	return withoutSecrets(r), nil
}

// withoutSecrets makes fit to print what is kept of a report that another version,
// or an editor, has written.
func withoutSecrets(r report.Report) report.Report {
	for _, text := range []*string{&r.Version, &r.Incomplete, &r.Pod.Name, &r.Pod.Namespace, &r.Pod.Node, &r.Pod.IP, &r.Pod.ServiceAccount} {
		*text = redact.Printable(*text)
	}
	for i := range r.Results {
		r.Results[i] = redact.PrintableResult(r.Results[i])
	}
	return r
}

// Rediagnose replaces the verdict and the table of clients by those of this version.
func Rediagnose(r report.Report) report.Report {
	r.Status, r.Verdict, r.Clients = worst(r.Results), diagnose.Diagnose(r.Pod, r.Results), clients.Table(observe.All(r.Results))
	return r
}
