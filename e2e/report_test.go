//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// jwt matches the beginning of a token: base64 of {" on both sides of a dot.
var jwt = regexp.MustCompile(`eyJ[\w-]+\.eyJ`)

// ended is what the kubelet says of a finished run.
type ended struct {
	exit    int
	message string // the termination message
	log     string
}

// either is the exit code where chance says whether a warning or a failure is met.
const either = -1

// check checks what holds for a run of any outcome and format.
func (e ended) check(t *testing.T, exit int) {
	t.Helper()
	if e.exit != exit && (exit != either || e.exit > 1) {
		t.Errorf("exit code: got %d, want %d", e.exit, exit)
	}
	if jwt.MatchString(e.log) || jwt.MatchString(e.message) {
		t.Error("a token is in the log or in the termination message")
	}
}

// checkText checks that a termination message is text and all there.
func checkText(t *testing.T, message string) {
	t.Helper()
	if n := len(message); n > 3072 || !regexp.MustCompile(`^(PASS|WARN|FAIL)  [ -~\n]+\n\((end|cut); [ -~]+\)$`).MatchString(message) {
		t.Errorf("termination message: got %d bytes, want at most 3072 of text with an end:\n%s", n, message)
	}
}

// checkJSON checks that a termination message is JSON.
func checkJSON(t *testing.T, message string) {
	t.Helper()
	if n := len(message); n == 0 || n > 4096 || !json.Valid([]byte(message)) {
		t.Errorf("termination message: got %d bytes, want 1 to 4096 of JSON:\n%s", n, message)
	}
}

// validReport reads one report, which has to fit the schema.
func validReport(t *testing.T, log string) report.Report {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../report/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(log))
	if err != nil {
		t.Fatalf("the log is not one JSON document: %v", err)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("the report is not by the schema: %v", err)
	}
	var rep report.Report
	if err := json.Unmarshal([]byte(log), &rep); err != nil {
		t.Fatal(err)
	}
	return rep
}

// readReport reads the one JSON document that a log has to be: every check, and probes.
func readReport(t *testing.T, log string) report.Report {
	t.Helper()
	rep := validReport(t, log)
	var got []string
	for _, r := range rep.Results {
		got = append(got, r.ID)
	}
	want := allIDs()
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Fatalf("got results of %q, want %q and then probes", got, want)
	}
	for _, id := range got[len(want):] {
		if !slices.ContainsFunc(checks.Probes(), func(c *checks.Check) bool { return c.ID == id }) {
			t.Errorf("%s: got it after the checks, want probes only", id)
		}
	}
	return rep
}

func allIDs() []string {
	var ids []string
	for _, c := range checks.All() {
		ids = append(ids, c.ID)
	}
	return ids
}

// warningsAndFailures lists the warnings and failures as "id status".
func warningsAndFailures(results []observe.Result) []string {
	var lines []string
	for _, r := range results {
		if r.Status == observe.Warn || r.Status == observe.Fail {
			lines = append(lines, fmt.Sprintf("%s %s", r.ID, r.Status))
		}
	}
	return lines
}

var counted = regexp.MustCompile(`^\d+ checks? (passed|warned|failed).*, [0-9.]+ (ms|s)$`)

// checkTable checks that a log is the table, complete, and shows it.
func checkTable(t *testing.T, log string) {
	t.Helper()
	t.Logf("the table:\n%s", log)
	for _, layer := range []string{"environment", "credentials", "dns", "network", "tls", "authentication", "api"} {
		if !regexp.MustCompile(`(?m)^(ok|WARN|FAIL|-) .*\b` + layer + `\b`).MatchString(log) {
			t.Errorf("the layer %s is not in the table", layer)
		}
	}
	lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
	if last := lines[len(lines)-1]; !counted.MatchString(last) {
		t.Errorf("got the last line %q, want what was counted", last)
	}
}
