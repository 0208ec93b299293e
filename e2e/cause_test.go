//go:build e2e

package e2e

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/report"
)

var confidences = []causes.Confidence{causes.Possible, causes.Likely, causes.Certain}

// checkCauses checks the verdict against what was really broken: the best cause
// is one of s.cause and no surer than s.most, and what is certain is true.
func (s scenario) checkCauses(t *testing.T, rep report.Report) {
	t.Helper()
	named := rep.Verdict.Causes
	if len(s.cause) == 0 {
		if len(named) > 0 {
			t.Errorf("causes: got %s, want none", list(named))
		}
		return
	}
	if len(named) == 0 {
		t.Errorf("causes: got none, want %s first", strings.Join(s.cause, " or "))
		return
	}
	first := named[0]
	if !slices.Contains(s.cause, first.Code) {
		t.Errorf("causes: got %s, want %s first", list(named), strings.Join(s.cause, " or "))
	}
	most := cmp.Or(s.most, causes.Certain)
	if slices.Index(confidences, first.Confidence) > slices.Index(confidences, most) {
		t.Errorf("%s: got %s, want at most %s", first.Code, first.Confidence, most)
	}
	for _, f := range named {
		if f.Confidence == causes.Certain && f.Code != s.cause[0] && !slices.Contains(s.true, f.Code) {
			t.Errorf("%s: got certain, and it is not so", f.Code)
		}
	}
}

// verdicts collects what every scenario came to, for docs/accuracy.md.
var verdicts accuracy.Table

// row takes only the true cause for the right one, whatever else the test accepts.
func (s scenario) row(rep report.Report) accuracy.Row {
	r := accuracy.Row{Fault: s.name, Got: rep.Verdict.Causes, Took: time.Duration(rep.Took), Results: rep.Results}
	if len(s.cause) > 0 {
		r.Want, r.Also = s.cause[0], s.true
	}
	return r
}

func writeAccuracy(t *testing.T) {
	if os.Getenv("ACCURACY") == "" {
		return
	}
	if err := errors.Join(verdicts.Write("../docs/accuracy.md", "kind"), verdicts.Keep("../corpus/testdata/kind.json.gz"), outside.Write("../docs/accuracy.md", "launcher")); err != nil {
		t.Error(err)
	}
}

// writeNeverStarted keeps the page as well.
func writeNeverStarted(t *testing.T) {
	if os.Getenv("ACCURACY") == "" {
		return
	}
	if err := neverStarted.Write("../docs/accuracy.md", "never started"); err != nil {
		t.Error(err)
	}
}

func list(named []diagnose.Finding) string {
	var texts []string
	for _, f := range named {
		texts = append(texts, fmt.Sprintf("%s (%s)", f.Code, f.Confidence))
	}
	return strings.Join(texts, ", ")
}

// keep writes a report to $E2E_REPORTS, so that "k8sdoctor diagnose" can judge
// it again.
func (s scenario) keep(t *testing.T, log string) {
	t.Helper()
	if dir := os.Getenv("E2E_REPORTS"); dir != "" {
		write(t, dir, strings.ReplaceAll(filepath.Base(t.Name()), "_", "-")+".json", log)
	}
}
