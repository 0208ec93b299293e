package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// maxReport is how much of a saved report is read, in bytes.
const maxReport = 16 << 20

// byteOrderMark is what some shells of Windows write before a file.
var byteOrderMark = []byte("\uFEFF")

// Read reads what check -o json has written. Fields that this version
// does not know are left out.
func Read(from io.Reader) (Report, error) {
	var r Report
	data, err := io.ReadAll(io.LimitReader(from, maxReport+1))
	switch {
	case err != nil:
		return r, err
	case len(data) > maxReport:
		return r, fmt.Errorf("no report: more than %d MiB", maxReport>>20)
	case len(data) == 0:
		return r, errors.New("no report: empty")
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	var head struct{ Kind, APIVersion, Version string } // first: another format may have other fields
	if err := json.Unmarshal(data, &head); err != nil {
		return r, fmt.Errorf("no report of k8sdoctor check -o json: %w", err)
	}
	switch {
	case head.Kind != "Report" || head.APIVersion == "":
		return r, fmt.Errorf("no report of k8sdoctor check -o json: kind %q, apiVersion %q", head.Kind, head.APIVersion)
	case head.APIVersion != "k8sdoctor/v1":
		return r, &OtherFormatError{APIVersion: head.APIVersion, Version: head.Version}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("no report of k8sdoctor check -o json: %w", err)
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

// OtherFormatError says that a report is of a format that this version does not read.
type OtherFormatError struct {
	APIVersion string
	// Version is that of the k8sdoctor that wrote it.
	Version string
}

// Error implements error.
func (e *OtherFormatError) Error() string {
	return fmt.Sprintf("a report of apiVersion %q, written by k8sdoctor %s; this version reads k8sdoctor/v1", e.APIVersion, cmp.Or(redact.Printable(e.Version), "of an unknown version"))
}

// withoutSecrets makes fit to print what is kept of a report that another version,
// or an editor, has written.
func withoutSecrets(r Report) Report {
	for _, text := range []*string{&r.Version, &r.Incomplete, &r.Pod.Name, &r.Pod.Namespace, &r.Pod.Node, &r.Pod.IP, &r.Pod.ServiceAccount} {
		*text = redact.Printable(*text)
	}
	if l := r.Launch; l != nil {
		r.Launch = l.Printable()
	}
	for i := range r.Results {
		r.Results[i] = redact.PrintableResult(r.Results[i])
	}
	return r
}

// Rediagnosed is the report with the verdict and the table of clients of this version.
func (r Report) Rediagnosed() Report {
	r.Status, r.Verdict, r.Clients = Worst(r.Results), diagnose.Diagnose(r.Pod, r.Results), clients.Table(observe.All(r.Results))
	return r
}

// Worst is the status that counts of several results.
func Worst(results []observe.Result) observe.Status {
	status := observe.Pass
	for _, r := range results {
		switch {
		case r.Status == observe.Fail:
			return observe.Fail
		case r.Status == observe.Warn:
			status = observe.Warn
		}
	}
	return status
}
