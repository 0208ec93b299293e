package report

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// verbatim collects the lines that are never broken.
func verbatim(r Report) map[string]bool {
	lines := map[string]bool{}
	for _, cause := range r.Verdict.Causes {
		for _, step := range cause.Fix {
			for line := range strings.SplitSeq(step, "\n") {
				lines["    "+line] = true
			}
		}
	}
	return lines
}

func TestTableKeepsItsWidth(t *testing.T) {
	reports := hostile()
	delete(reports, "10,000 results") // below
	reports["healthy"], reports["failing"] = saved(t, "healthy"), saved(t, "failing")
	for name, r := range reports {
		exempt, step := verbatim(r), 1
		if strings.HasPrefix(name, "nasty") {
			step = 20
		}
		for width := 40; width <= 200; width += step {
			lines := strings.Split(strings.TrimSuffix(tableOf(t, r, Options{Width: width}), "\n"), "\n")
			for i, line := range lines[:len(lines)-1] {
				if n := columns(line); n > width && !exempt[line] {
					t.Errorf("%s, width %d, line %d: %d columns: %q", name, width, i, n, line)
				}
				if strings.HasSuffix(line, " ") || strings.ContainsAny(line, "\x1b\r\t") || !utf8.ValidString(line) {
					t.Errorf("%s, width %d, line %d: white space at the end or controls: %q", name, width, i, line)
				}
			}
		}
	}
}

func TestTableOfManyResultsIsComplete(t *testing.T) {
	r := hostile()["10,000 results"]
	got := tableOf(t, r, Options{})
	listed := map[string]bool{}
	for line := range strings.SplitSeq(got, "\n") {
		if words := strings.Fields(line); len(words) > 2 {
			listed[words[0]+" "+words[1]] = true
		}
	}
	for _, result := range r.Results {
		if !listed[word(result.Status)+" "+result.ID] {
			t.Fatalf("%s is missing", result.ID)
		}
	}
}

func TestTableIsASCIIWhereTheReportIs(t *testing.T) {
	for _, name := range []string{"healthy", "failing"} {
		for _, color := range []bool{false, true} {
			got := tableOf(t, saved(t, name), Options{Color: color})
			if i := strings.IndexFunc(got, func(r rune) bool { return r > '~' }); i >= 0 {
				t.Errorf("%s: %q", name, got[i:i+8])
			}
		}
	}
}

func TestTableLooksTheSameEverywhere(t *testing.T) {
	r := saved(t, "failing")
	r.Results[0].Summary = "± § × ° α are wide in some places"
	want := tableOf(t, r, Options{})
	twwidth.SetEastAsian(true) // what tablewriter does when the locale is, say, ja_JP
	defer twwidth.SetEastAsian(false)
	for range 3 {
		if diff := cmp.Diff(want, tableOf(t, r, Options{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColorIsNeverTheOnlySign(t *testing.T) {
	r := saved(t, "failing")
	plain, colored := tableOf(t, r, Options{}), tableOf(t, r, Options{Color: true})
	if diff := cmp.Diff(plain, escape.ReplaceAllString(colored, "")); diff != "" {
		t.Errorf("without its colors (-want +got):\n%s", diff)
	}
	if strings.Contains(plain, "\x1b") {
		t.Error("colors without being asked")
	}
	for _, m := range regexp.MustCompile("\x1b\\[[1-9;0]+m(.*?)\x1b\\[0m").FindAllStringSubmatch(colored, -1) {
		if !regexp.MustCompile(`^(PASS|WARN|FAIL|SKIP)$`).MatchString(m[1]) {
			t.Errorf("%q is colored", m[1])
		}
	}
}

func TestFixesStandVerbatim(t *testing.T) {
	for _, c := range causes.All() {
		r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "some.check", Status: observe.Fail, Summary: "seen"}}, Verdict: verdictOf(c)}
		got := tableOf(t, r, Options{Width: 40})
		for _, step := range (causes.Input{}).FixOf(c).Lines() {
			if strings.HasPrefix(step, "# ") && !strings.Contains(step, "\n") {
				continue
			}
			if want := "\n    " + strings.ReplaceAll(step, "\n", "\n    ") + "\n"; !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", c.Code, step, got)
			}
		}
	}
}

func TestLastLine(t *testing.T) {
	results := []observe.Result{
		{ID: "a.a", Status: observe.Pass, Summary: "s"}, {ID: "a.b", Status: observe.Warn, Summary: "s"},
		{ID: "a.c", Status: observe.Fail, Summary: "s"}, {ID: "a.d", Status: observe.Skip, Summary: "s"},
	}
	verdict := diagnose.Verdict{Summary: "so it\nis"}
	for _, tc := range []struct {
		name string
		r    Report
		want string
	}{
		{"fail", Report{Status: observe.Fail, Results: results, Verdict: verdict, Took: 5_200_000_000}, "FAIL  1 of 4 checks failed, 1 warned, 1 skipped in 5.2s: so it is"},
		{"warn", Report{Status: observe.Warn, Results: results[:2], Verdict: verdict, Took: 41_000_000}, "WARN  1 of 2 checks warned in 41.0ms: so it is"},
		{"pass", Report{Status: observe.Pass, Results: results[:1], Verdict: verdict, Took: 300_000}, "PASS  1 of 1 checks passed in 0.3ms: so it is"},
		{"incomplete", Report{Status: observe.Pass, Results: results[:1], Verdict: verdict, Incomplete: "interrupted by SIGTERM"}, "PASS  1 of 1 checks passed in 0.0ms, incomplete (interrupted by SIGTERM): so it is"},
		{"no verdict", Report{Status: observe.Pass}, "PASS  0 of 0 checks passed in 0.0ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := strings.Split(strings.TrimSuffix(tableOf(t, tc.r, Options{}), "\n"), "\n")
			if got := lines[len(lines)-1]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSimulatedPodIsNamedAsSuch(t *testing.T) {
	r := saved(t, "healthy")
	r.Simulated = true
	if got := tableOf(t, r, Options{}); !strings.HasPrefix(got, "simulated pod: ") {
		t.Errorf("begins with %q", got[:40])
	}
	if got := tableOf(t, saved(t, "healthy"), Options{}); strings.Contains(got, "simulated") {
		t.Error("a real pod is called simulated")
	}
}

func TestPodLine(t *testing.T) {
	for _, tc := range []struct {
		pod  causes.Pod
		want string
	}{
		{causes.Pod{}, "pod unknown"},
		{causes.Pod{Name: "web"}, "pod web"},
		{causes.Pod{Namespace: "shop"}, "namespace shop"},
		{causes.Pod{Node: "n1"}, "node n1"},
		{causes.Pod{Name: "web", Namespace: "shop", Node: "n1", IP: "10.0.0.1", ServiceAccount: "a"}, "pod shop/web, node n1, 10.0.0.1, service account a"},
	} {
		if got := podLine(tc.pod); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	squeeze := func(text string) string { return strings.Join(strings.Fields(singleLine(text)), "") }
	for _, text := range []string{
		"", "one", "a text of several words", strings.Repeat("x", 300), "/var/run/secrets/kubernetes.io/serviceaccount/token: no such file",
		strings.Repeat("漢字", 50), "e" + strings.Repeat("\u0301", 30) + " and more", "a\nb\tc", "aaa,bbb,ccc,ddd,eee,fff,ggg",
	} {
		for width := 2; width < 60; width++ {
			lines := wrap(text, width)
			if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
				t.Errorf("width %d: got %q of %q", width, got, text)
			}
			for _, line := range lines {
				if columns(line) > width {
					t.Errorf("width %d: %q", width, line)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"token:", "/var/run/secrets/", "kubernetes.io/", "serviceaccount/", "token"}, wrap("token: /var/run/secrets/kubernetes.io/serviceaccount/token", 18)); diff != "" {
		t.Errorf("a path (-want +got):\n%s", diff)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrorsAreReturned(t *testing.T) {
	r := saved(t, "healthy")
	for _, f := range slices.Concat(Formats(), MessageFormats()) {
		if f.Write(brokenWriter{}, r, Options{}) == nil {
			t.Errorf("%s: no error", f.Name)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	r := saved(&testing.T{}, "failing")
	for b.Loop() {
		if err := Table(discard{}, r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
