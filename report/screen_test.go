package report

import (
	"errors"
	"fmt"
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

// commandLines are the lines that are never broken: commands, as each format shows them.
func commandLines(r Report) map[string]bool {
	lines := map[string]bool{}
	for _, cause := range r.Verdict.Causes {
		for _, step := range cause.Fix {
			for line := range strings.SplitSeq(step, "\n") {
				lines[line] = true
			}
		}
		look, _ := causes.Fix{Blanks: cause.Blanks, Steps: cause.Steps}.First()
		for _, line := range append(look.Commands, cause.Confirm.Command) {
			lines["    "+line] = true
		}
	}
	return lines
}

func TestTextKeepsItsWidth(t *testing.T) {
	reports := hostile()
	delete(reports, "2,000 results") // below
	reports["healthy"], reports["failing"] = saved(t, "healthy"), saved(t, "failing")
	for name, r := range reports {
		exempt, step := commandLines(r), 1
		if strings.HasPrefix(name, "nasty") {
			step = 20
		}
		for width := 40; width <= 200; width += step {
			for format, got := range map[string]string{"table": textOf(t, Table, r, Options{Width: width}), "wide": textOf(t, Wide, r, Options{Width: width})} {
				for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
					if n := columns(line); n > width && !exempt[line] {
						t.Errorf("%s, %s, width %d, line %d: %d columns: %q", name, format, width, i, n, line)
					}
					if strings.HasSuffix(line, " ") || strings.ContainsAny(line, "\x1b\r\t") || !utf8.ValidString(line) {
						t.Errorf("%s, %s, width %d, line %d: white space at the end or controls: %q", name, format, width, i, line)
					}
				}
			}
		}
	}
}

func TestTextIsASCIIWhereTheReportIs(t *testing.T) {
	for _, name := range []string{"healthy", "failing"} {
		for _, color := range []bool{false, true} {
			for format, got := range map[string]string{"table": textOf(t, Table, saved(t, name), Options{Color: color}), "wide": textOf(t, Wide, saved(t, name), Options{Color: color})} {
				if i := strings.IndexFunc(got, func(r rune) bool { return r > '~' }); i >= 0 {
					t.Errorf("%s, %s: %q", name, format, got[i:i+8])
				}
			}
		}
	}
}

func TestTextLooksTheSameEverywhere(t *testing.T) {
	r := saved(t, "failing")
	r.Results[0].Summary = "± § × ° α are wide in some places"
	want := textOf(t, Wide, r, Options{})
	twwidth.SetEastAsian(true) // what tablewriter does when the locale is, say, ja_JP
	defer twwidth.SetEastAsian(false)
	for range 3 {
		if diff := cmp.Diff(want, textOf(t, Wide, r, Options{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestColorIsNeverTheOnlySign(t *testing.T) {
	r := saved(t, "failing")
	for _, write := range []Format{{"table", Table}, {"wide", Wide}} {
		plain, colored := textOf(t, write.Write, r, Options{}), textOf(t, write.Write, r, Options{Color: true})
		if diff := cmp.Diff(plain, colorCode().ReplaceAllString(colored, "")); diff != "" {
			t.Errorf("%s without its colors (-want +got):\n%s", write.Name, diff)
		}
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: colors without being asked", write.Name)
		}
		for _, m := range regexp.MustCompile("\x1b\\[[1-9;0]+m(.*?)\x1b\\[0m").FindAllStringSubmatch(colored, -1) {
			if !regexp.MustCompile(`^(PASS|WARN|FAIL|SKIP|ok  |-   |[a-z-]+\.[a-z-]+)$`).MatchString(m[1]) {
				t.Errorf("%s: %q is colored", write.Name, m[1])
			}
		}
	}
}

func TestSymbolsStandForWords(t *testing.T) {
	r := saved(t, "failing")
	words := textOf(t, Table, r, Options{})
	symbols := textOf(t, Table, r, Options{Symbols: true})
	for word, symbol := range map[string]string{"\nok   dns": "\n✓ dns", "\nWARN environment": "\n! environment", "\nFAIL network": "\n✗ network", "\n-    not reached": "\n- not reached"} {
		if !strings.Contains(words, word) || !strings.Contains(symbols, symbol) {
			t.Errorf("got\n%s\nand\n%s\nwant %q and %q in them", words, symbols, word, symbol)
		}
	}
}

// TestHealthyIsWhatWasChecked: without an accepted token nothing is called healthy.
func TestHealthyIsWhatWasChecked(t *testing.T) {
	r := Report{Status: observe.Pass, Results: []observe.Result{{ID: "tls.host", Status: observe.Pass, Summary: "certificate covers 10.96.0.1"}}}
	r.Verdict = diagnose.Verdict{Summary: "the API server answers", Works: "the API server answers"}
	for _, f := range []Format{{"table", Table}, {"wide", Wide}, {"markdown", forPrograms(Markdown)}, {"html", forPrograms(HTML)}} {
		if got := textOf(t, f.Write, r, Options{}); strings.Contains(got, "healthy") {
			t.Errorf("%s: got\n%s", f.Name, got)
		}
	}
}

func TestLayersThatWereCutOff(t *testing.T) {
	r := Report{Status: observe.Warn, Incomplete: "--timeout 1s is over", Results: []observe.Result{
		{ID: "env.service", Status: observe.Pass, Summary: "fine"}, {ID: "net.connect", Status: observe.Skip, Summary: "cut off: --timeout 1s is over"}, {ID: "tls.chain", Status: observe.Skip, Summary: "not run: --timeout 1s is over"},
	}}
	if got := textOf(t, Table, r, Options{}); !strings.Contains(got, "\n-    not run         network, tls\n") {
		t.Errorf("got\n%s\nwant the layers that were not run", got)
	}
}

// TestHealthyIsShort demands what is promised of a pod that is well.
func TestHealthyIsShort(t *testing.T) {
	got := textOf(t, Table, saved(t, "healthy"), Options{})
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) > 12 || !strings.HasPrefix(lines[len(lines)-2], "healthy: this pod can use the API server") {
		t.Errorf("got %d lines, want at most 12, the last but one of them the verdict:\n%s", len(lines), got)
	}
}

func TestRowsOfLayers(t *testing.T) {
	pass := func(id string) observe.Result {
		return observe.Result{ID: id, Status: observe.Pass, Summary: id + " is well"}
	}
	blocked := func(id string) observe.Result {
		return observe.Result{ID: id, Status: observe.Skip, Summary: "not run", BlockedBy: "net.connect"}
	}
	for _, tc := range []struct {
		name    string
		results []observe.Result
		want    string
	}{
		{"nothing", nil, ""},
		{"the most telling of a layer", []observe.Result{pass("env.service"), pass("env.client"), pass("env.proxy")}, "pass environment env.service is well, env.proxy is well"},
		{"none of the most telling", []observe.Result{pass("dns.config")}, "pass dns dns.config is well"},
		{"what does not apply has no row", []observe.Result{{ID: "kubectl-proxy.api", Status: observe.Skip}, {ID: "net.proxy", Status: observe.Skip}}, ""},
		{"quiet where it is well", []observe.Result{pass("process.cpu"), pass("kubectl-proxy.api")}, ""},
		{"loud where it is not", []observe.Result{{ID: "kubectl-proxy.api", Status: observe.Fail, Summary: "down"}}, "fail kubectl proxy down"},
		{
			"each check that failed or warned", []observe.Result{pass("dns.config"), {ID: "dns.servers", Status: observe.Warn, Summary: "slow"}, {ID: "dns.resolve", Status: observe.Fail, Summary: "gone"}},
			"warn dns slow\nfail  gone",
		},
		{
			"what was not reached, in one row", []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "silent"}, blocked("tls.chain"), blocked("auth.review"), blocked("api.version"), {ID: "api.access", Status: observe.Skip}},
			"fail network silent\nskip not reached tls, authentication, api",
		},
		{
			"not reached, though a lesser check has passed", []observe.Result{{ID: "volume.token", Status: observe.Fail, Summary: "empty"}, blocked("auth.review"), pass("auth.clock")},
			"fail credentials empty\nskip not reached authentication",
		},
		{"a layer of somebody else", []observe.Result{pass("storage.mount"), pass("storage.size")}, "pass storage 2 checks passed"},
		{"probes have no row", []observe.Result{{ID: "probe.fresh", Status: observe.Pass, Summary: "x"}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, r := range rows(tc.results) {
				got = append(got, strings.TrimSuffix(fmt.Sprintf("%s %s %s", r.status, r.layer, r.text), " "))
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongResultsAreCutInRows(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "tls.chain", Status: observe.Fail, Summary: strings.Repeat("words and ", 90) + "end"}}}
	got := textOf(t, Table, r, Options{})
	if strings.Contains(got, "end") || strings.Count(got, "...") != 1 {
		t.Errorf("got\n%s\nwant the row cut after two lines", got)
	}
	if wide := textOf(t, Wide, r, Options{}); !strings.Contains(wide, "end") {
		t.Errorf("got\n%s\nwant the whole text", wide)
	}
}

func TestLastLineCounts(t *testing.T) {
	results := []observe.Result{
		{ID: "a.a", Status: observe.Pass, Summary: "s"}, {ID: "a.b", Status: observe.Warn, Summary: "s"},
		{ID: "a.c", Status: observe.Fail, Summary: "s"}, {ID: "a.d", Status: observe.Skip, Summary: "s"},
		{ID: "a.e", Status: observe.Skip, Summary: "s", BlockedBy: "a.c"}, {ID: "probe.x", Status: observe.Pass, Summary: "s"},
	}
	for _, tc := range []struct {
		name string
		r    Report
		want string
	}{
		{"fail", Report{Results: results, Took: 5_200_000_000}, "1 check failed, 1 warned, 1 passed, 1 not reached, 1 does not apply, 5.2 s"},
		{"warn", Report{Results: results[:2], Took: 41_000_000}, "1 check warned, 1 passed, 41 ms"},
		{"pass", Report{Results: []observe.Result{results[0], results[0]}, Took: 300_000}, "2 checks passed, 0.3 ms"},
		{"incomplete", Report{Results: results[:4], Incomplete: "interrupted by SIGTERM"}, "1 check failed, 1 warned, 1 passed, 1 not run, 0.0 ms, incomplete: interrupted by SIGTERM"},
		{"no check", Report{}, "0 checks, 0.0 ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := strings.Split(strings.TrimSuffix(textOf(t, Table, tc.r, Options{Width: 120}), "\n"), "\n")
			if got := lines[len(lines)-1]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	for _, tc := range []struct {
		r     Report
		width int
		want  string
	}{
		{Report{Version: "0.4.0"}, 80, "k8sdoctor 0.4.0   pod unknown"},
		{Report{Version: "v", Pod: causes.Pod{Name: "web"}}, 80, "k8sdoctor v   pod web"},
		{Report{Version: "v", Pod: causes.Pod{Namespace: "shop"}, Attempt: 3}, 80, "k8sdoctor v, attempt 3   namespace shop"},
		{Report{Version: "v", Pod: causes.Pod{Node: "n1"}}, 80, "k8sdoctor v   pod unknown on n1"},
		{Report{Version: "v", Pod: causes.Pod{Name: "k8sdoctor", Namespace: "shop", For: "web"}}, 80, "k8sdoctor v   pod shop/k8sdoctor for web"},
		{Report{Version: "v", Pod: causes.Pod{Name: "web", Namespace: "shop", Node: "n1", ServiceAccount: "a"}, Simulated: true}, 80, "k8sdoctor v   simulated pod shop/web on n1   service account a"},
		{Report{Version: "v", Pod: causes.Pod{Name: "web", Namespace: "shop", Node: "n1", ServiceAccount: "a"}}, 40, "k8sdoctor v, pod shop/web on n1,"},
	} {
		got, _, _ := strings.Cut(textOf(t, Table, tc.r, Options{Width: tc.width}), "\n")
		if got != tc.want {
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
			if got := cut(singleLine(text), width); columns(got) > width || columns(singleLine(text)) > width && !strings.HasSuffix(got, "..."[:min(3, width)]) {
				t.Errorf("width %d: cut to %q", width, got)
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

func TestForeignVerdictIsShown(t *testing.T) {
	r := Report{Status: observe.Fail, Verdict: diagnose.Verdict{Causes: []diagnose.Finding{{Code: "storage.slow", Confidence: causes.Possible, Title: "the disk is slow", Problem: 1}}},
		Results: []observe.Result{{ID: "storage.mount", Status: observe.Fail, Summary: "slow"}}}
	if got, want := textOf(t, Table, r, Options{}), "\nstorage.slow (possible): the disk is slow\n"; !strings.Contains(got, want) || strings.Contains(got, "k8sdoctor explain") {
		t.Errorf("got\n%s\nwant in it\n%s\nand no advice to explain a code that has no page", got, want)
	}
}

// Reports of earlier versions have steps but no remedy.
func TestRemedyOfAnEarlierVersion(t *testing.T) {
	for _, c := range []struct{ remedy, code, want string }{
		{"allow it", "net.api-blocked", "allow it"},
		{"", "net.api-blocked", "k8sdoctor explain net.api-blocked"},
		{"", "storage.slow", "not known"},
	} {
		if got := remedyOf(diagnose.Finding{Code: c.code, Remedy: c.remedy}); got != c.want {
			t.Errorf("remedy of %s, %q: got %q, want %q", c.code, c.remedy, got, c.want)
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
