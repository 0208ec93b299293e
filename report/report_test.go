package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

var update = flag.Bool("update", false, "write the golden files again")

// saved reads a report of testdata and makes its verdict again.
func saved(t *testing.T, name string) Report {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	r.Verdict, r.Clients = diagnose.Diagnose(r.Pod, r.Results), clients.Table(observe.All(r.Results))
	return r
}

func textOf(t *testing.T, write func(io.Writer, Report, Options) error, r Report, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"healthy", "failing"} {
		r := saved(t, name)
		for file, got := range map[string]string{
			name + ".json":               asJSON(t, r),
			name + ".golden":             textOf(t, Table, r, Options{}),
			name + "-40.golden":          textOf(t, Table, r, Options{Width: 40}),
			name + "-wide.golden":        textOf(t, Wide, r, Options{}),
			name + ".termination.golden": string(TerminationMessage(r)) + "\n",
			name + ".text.golden":        string(TerminationText(r)) + "\n",
		} {
			path := "testdata/" + file
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// hostile are reports that should never be made and that must not break anything.
func hostile() map[string]Report { return maps.Clone(hostileOnce()) }

var hostileOnce = sync.OnceValue(func() map[string]Report {
	long := strings.Repeat("x", 5000)
	wide := strings.Repeat("漢字", 300)
	combining := "e" + strings.Repeat("\u0301", 400) + " q" + strings.Repeat("\u0323", 100)
	nasty := []string{"", " ", long, wide, combining, "a\x1b[2Jb\rc\nd\te", "\xff\xfe bad \x80", strings.Repeat("a, b/", 900), "\u202e\u200b👩‍👩‍👧‍👧🇩🇪", `"quoted" <html> & \ back`}
	reports := map[string]Report{
		"zero":       {},
		"no results": {APIVersion: "k8sdoctor/v1", Kind: "Report", Status: observe.Pass, Attempt: 1},
		"no verdict": {Status: observe.Fail, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "x"}}},
		"unknown":    {Status: "exploded-without-notice", Results: []observe.Result{{ID: "x", Status: "exploded-without-notice", Took: observe.Milliseconds(-time.Hour)}}},
	}
	for i, text := range nasty {
		r := Report{
			Version: text, Status: observe.Fail, Incomplete: text, Attempt: i, Simulated: i%2 == 0, Took: observe.Milliseconds(300 * time.Hour),
			Pod: causes.Pod{Name: text, Namespace: text, Node: text, IP: text, ServiceAccount: text},
			Results: []observe.Result{
				{ID: text, Title: text, Status: observe.Fail, Summary: text, Evidence: observe.Evidence{{Key: text, Value: text}, {Key: "k", Value: text}}, Took: observe.Milliseconds(300 * time.Hour)},
				{ID: "dns.servers", Title: "t", Status: observe.Warn, Summary: text},
				{ID: "dns.again", Title: "t", Status: observe.Fail, Summary: text},
				{ID: "tls.chain", Title: "t", Status: observe.Skip, Summary: text, BlockedBy: text},
			},
		}
		r.Verdict = diagnose.Diagnose(r.Pod, r.Results)
		reports[fmt.Sprintf("nasty text %d", i)] = r
	}
	many := Report{Status: observe.Fail}
	for i := range 2_000 {
		status := observe.Pass
		if i%10 == 0 {
			status = []observe.Status{observe.Warn, observe.Fail, observe.Skip}[i/10%3]
		}
		r := observe.Result{ID: fmt.Sprintf("many.check-%d", i), Status: status, Summary: "seen " + strings.Repeat("much ", i%40)}
		many.Results = append(many.Results, r)
	}
	many.Verdict = diagnose.Diagnose(many.Pod, many.Results)
	reports["2,000 results"] = many
	return reports
})

// verdictOf names one cause, with its fix where nothing was seen.
func verdictOf(c *causes.Page) diagnose.Verdict {
	fix := causes.Input{}.FixOf(c)
	return diagnose.Verdict{Summary: c.Title, Causes: []diagnose.Finding{{
		Code: c.Code, Confidence: causes.Possible, Title: c.Title, Problem: 1, Check: "some.check", Evidence: []string{"seen"},
		Contradicts: []string{}, RuledOut: []diagnose.Excluded{}, Consequences: []string{},
		Remedy: c.Remedy, Fix: fix.Lines(), Steps: fix.Steps, Blanks: fix.Blanks,
	}}}
}

// TestEveryFormatOfHostileReports demands that each writes something, and valid UTF-8.
func TestEveryFormatOfHostileReports(t *testing.T) {
	for name, r := range hostile() {
		for _, f := range slices.Concat(Formats(), MessageFormats()) {
			var b bytes.Buffer
			if err := f.Write(&b, r, Options{}); err != nil || b.Len() == 0 || !utf8.Valid(b.Bytes()) {
				t.Errorf("%s as %s: got error %v and %d bytes, want valid UTF-8", name, f.Name, err, b.Len())
			}
		}
	}
}
