package report

import (
	"bytes"
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
