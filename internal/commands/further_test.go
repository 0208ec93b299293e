package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

func TestFurtherReports(t *testing.T) {
	for _, c := range []struct{ value, name, format, err string }{
		{"out.json", "out.json", "json", ""},
		{"out.html", "out.html", "html", ""},
		{"out=junit", "out", "junit", ""},
		{"a=b.json", "a=b.json", "json", ""},
		{"a=b=markdown", "a=b", "markdown", ""},
		{"out", "", "", `--report "out": which format?`},
		{"out=word", "", "", `no format is named "word"`},
		{"=json", "", "", "no FILE"},
	} {
		list, err := furtherReports([]string{c.value})
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: got error %v, want %q", c.value, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.value, err)
		case list[0].name != c.name || list[0].format.Name != c.format:
			t.Errorf("%s: got %s as %s, want %s as %s", c.value, list[0].name, list[0].format.Name, c.name, c.format)
		}
	}
}

// smallReport is a report without results.
var smallReport = report.Report{Status: observe.Pass}

// further writes a report as JSON, and returns what went to standard output and error.
func further(t *testing.T, name string) (stdout, stderr string) {
	t.Helper()
	list, err := furtherReports([]string{name + "=json"})
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if err := list[0].write(smallReport, &out, &errs); err != nil {
		t.Fatal(err)
	}
	return out.String(), errs.String()
}

func isReport(t *testing.T, what, text string) {
	t.Helper()
	var want bytes.Buffer
	if err := report.JSON(&want, smallReport); err != nil {
		t.Fatal(err)
	}
	if text != want.String() {
		t.Errorf("%s: got %q, want %q", what, text, want.String())
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFurtherReportReplacesItsFile(t *testing.T) {
	dir := t.TempDir()
	private, fresh, target := filepath.Join(dir, "private"), filepath.Join(dir, "fresh"), filepath.Join(dir, "target")
	link, dangling := filepath.Join(dir, "link"), filepath.Join(dir, "dangling")
	for _, name := range []string{private, target} {
		if err := os.WriteFile(name, []byte(strings.Repeat("older and longer ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{link: "target", dangling: "later"} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	open, err := os.Open(private) // as a reader has it while it is replaced
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	for _, name := range []string{private, fresh, link, dangling} {
		if stdout, stderr := further(t, name); stdout+stderr != "" {
			t.Errorf("%s: printed %q", name, stdout+stderr)
		}
		isReport(t, name, readFile(t, name))
	}
	older := make([]byte, len("older and longer "))
	if _, err := open.Read(older); err != nil || string(older) != "older and longer " {
		t.Errorf("a reader of the file that was replaced got %q, %v", older, err)
	}
	for name, want := range map[string]os.FileMode{private: 0o600, fresh: 0o644, target: 0o600, filepath.Join(dir, "later"): 0o644, link: os.ModeSymlink, dangling: os.ModeSymlink} {
		info, err := os.Lstat(name)
		switch {
		case err != nil:
			t.Error(err)
		case want == os.ModeSymlink && info.Mode().Type() != want, want != os.ModeSymlink && info.Mode() != want:
			t.Errorf("%s: got mode %s, want %s", name, info.Mode(), want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*.*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFurtherReportToAStream(t *testing.T) {
	stdout, stderr := further(t, "/dev/stdout")
	isReport(t, "standard output", stdout)
	if stderr != "" {
		t.Errorf("standard error: got %q", stderr)
	}
	stdout, stderr = further(t, "/dev/stderr")
	isReport(t, "standard error", stderr)
	if stdout != "" {
		t.Errorf("standard output: got %q", stdout)
	}

	name := filepath.Join(t.TempDir(), "out")
	own, err := os.Create(name) // as the shell opens it: k8sdoctor --report out.json > out.json
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	list, err := furtherReports([]string{name + "=json"})
	if err != nil {
		t.Fatal(err)
	}
	if err := list[0].write(smallReport, own, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	isReport(t, "a file that is standard output", readFile(t, name))
	if info, err := own.Stat(); err != nil || info.Size() == 0 {
		t.Errorf("the file that is standard output was replaced: %v, %v", info, err)
	}
}

func TestFurtherReportThatCannotBeWritten(t *testing.T) {
	list, err := furtherReports([]string{filepath.Join(t.TempDir(), "missing", "out.json")})
	if err != nil {
		t.Fatal(err)
	}
	if err := list[0].write(smallReport, &bytes.Buffer{}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "--report: ") || !strings.Contains(err.Error(), "missing") {
		t.Errorf("got error %v, want one with the flag and the file", err)
	}
}

func TestJobSummaryIsAddedTo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_STEP_SUMMARY", name)
	if err := os.WriteFile(name, []byte("# of an earlier step\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeJobSummary(smallReport); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := report.Markdown(&want, smallReport); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, name); got != "# of an earlier step\n"+want.String() || want.Len() == 0 {
		t.Errorf("got %q", got)
	}
}
