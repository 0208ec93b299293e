package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// pipe is call with something on standard input.
func pipe(t *testing.T, input string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	app := newApp(&out, &errOut)
	app.Reader = strings.NewReader(input)
	status = commands.Run(t.Context(), app, append([]string{"k8sdoctor"}, args...))
	return status, out.String(), errOut.String()
}

func TestDiagnoseSaysWhatCheckDid(t *testing.T) {
	for _, faults := range [][]string{{}, {"tls.host-not-covered"}, {"volume.ca-bundle"}, {"net.api-down"}, {"token.expired", "dns.servfail"}, {"proxy.in-path"}} {
		args := []string{"demo", "-o", "json"}
		for _, f := range faults {
			args = append(args, "--fault", f)
		}
		t.Run(strings.Join(faults, ","), func(t *testing.T) {
			wantStatus, saved, _ := call(t.Context(), args...)
			status, again, stderr := pipe(t, saved, "diagnose", "-o", "json", "-")
			if status != wantStatus || stderr != "" {
				t.Errorf("got status %d and %q, want %d", status, stderr, wantStatus)
			}
			if diff := cmp.Diff(saved, again); diff != "" {
				t.Errorf("(-saved +again):\n%s", diff)
			}
			file := filepath.Join(t.TempDir(), "report.json")
			if err := os.WriteFile(file, []byte(saved), 0o600); err != nil {
				t.Fatal(err)
			}
			var r report.Report
			if err := json.Unmarshal([]byte(saved), &r); err != nil {
				t.Fatal(err)
			}
			status, table, stderr := call(t.Context(), "diagnose", file)
			if status != wantStatus || stderr != "" || !strings.Contains(table, headline(r)) {
				t.Errorf("got status %d, %q and a table\n%s\nwant %q in it", status, stderr, table, headline(r))
			}
		})
	}
}

// headline is how the verdict begins in a table.
func headline(r report.Report) string {
	if len(r.Verdict.Causes) == 0 {
		return "\nhealthy: " + r.Verdict.Summary
	}
	return fmt.Sprintf("\n%s (%s): ", r.Verdict.Causes[0].Code, r.Verdict.Causes[0].Confidence)
}

func TestDiagnoseReplacesAnOldVerdict(t *testing.T) {
	_, saved, _ := call(t.Context(), "demo", "--fault", "net.api-down", "-o", "json")
	var r map[string]json.RawMessage
	if err := json.Unmarshal([]byte(saved), &r); err != nil {
		t.Fatal(err)
	}
	r["verdict"], r["status"] = json.RawMessage(`{"summary": "all is well", "causes": []}`), json.RawMessage(`"pass"`)
	r["later"] = json.RawMessage(`"a field of a newer version"`)
	delete(r, "clients")
	old, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	status, again, stderr := pipe(t, string(old), "diagnose", "-o", "json", "-")
	if status != 1 || stderr != "" {
		t.Errorf("got status %d and %q, want 1", status, stderr)
	}
	if diff := cmp.Diff(saved, again); diff != "" {
		t.Errorf("(-saved +again):\n%s", diff)
	}
}

func TestDiagnoseRefusesWhatIsNoReport(t *testing.T) {
	for _, tc := range []struct{ name, input, want string }{
		{"nothing", "", "standard input: no report: empty"},
		{"a table", "PASS  env.service", "no report of k8sdoctor check -o json: invalid character"},
		{"a list", "[]", "no report of k8sdoctor check -o json: json: cannot unmarshal array"},
		{"another document", `{"kind": "Pod", "apiVersion": "v1"}`, `no report of k8sdoctor check -o json: kind "Pod", apiVersion "v1"`},
		{"a termination message", `{"status": "fail", "summary": "x", "causes": []}`, `no report of k8sdoctor check -o json: kind "", apiVersion ""`},
		{"a later format", `{"kind": "Report", "apiVersion": "k8sdoctor/v2", "version": "v9.0.0"}`, `a report of apiVersion "k8sdoctor/v2", written by k8sdoctor v9.0.0; this version reads k8sdoctor/v1`},
		{"cut off", `{"kind": "Report", "apiVersion": "k8sdoctor/v1", "results": [`, "unexpected end of JSON input"},
		{"two of them", `{"kind": "Report"} {"kind": "Report"}`, "invalid character '{' after top-level value"},
		{"no results", `{"kind": "Report", "apiVersion": "k8sdoctor/v1", "status": "fail", "results": null}`, "no report: it has no results"},
		{"an unknown status", `{"kind": "Report", "apiVersion": "k8sdoctor/v1", "results": [{"id": "a.b", "status": "ok"}]}`, `no report: result 1 (a.b) has status "ok"`},
		{"evidence that is no object", `{"kind": "Report", "apiVersion": "k8sdoctor/v1", "results": [{"id": "a.b", "status": "pass", "evidence": 1}]}`, "evidence is not an object"},
		{"too much", strings.Repeat(" ", 16<<20+1), "no report: more than 16 MiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, stdout, stderr := pipe(t, tc.input, "diagnose", "-")
			if status != 2 || stdout != "" || !strings.Contains(stderr, tc.want) {
				t.Errorf("got status %d, %q and %q, want 2 and %q", status, stdout, stderr, tc.want)
			}
		})
	}
}

func FuzzDiagnose(f *testing.F) {
	f.Add([]byte(`{"kind": "Report", "apiVersion": "k8sdoctor/v1", "results": [{"id": "net.connect", "status": "fail", "code": "net.api-down", "summary": "s", "evidence": {"a": "b"}}]}`))
	f.Add([]byte(`{"kind": "Report", "apiVersion": "k8sdoctor/v1", "results": [{"id": "env.service", "status": "warn", "evidence": {"KUBERNETES_SERVICE_HOST": "x"}}, {"id": "probe.fresh", "status": "pass"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := report.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, format := range slices.Concat(report.Formats(), report.MessageFormats()) {
			if err := format.Write(io.Discard, r.Rediagnosed(), report.Options{}); err != nil {
				t.Errorf("%s: %v", format.Name, err)
			}
		}
	})
}
