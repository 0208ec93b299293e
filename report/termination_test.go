package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func decode(t *testing.T, data []byte) termination {
	t.Helper()
	var got termination
	if len(data) > maxTermination || !utf8.Valid(data) || strings.ContainsAny(string(data), "\n\r") {
		t.Errorf("%d bytes, valid UTF-8 %v, or more than a line: %.200q", len(data), utf8.Valid(data), data)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Errorf("%v: %.200q", err, data)
	}
	if got.Causes == nil || got.Failed == nil {
		t.Errorf("a list is null: %.200q", data)
	}
	return got
}

func TestTerminationMessageHoldsTheVerdict(t *testing.T) {
	r := saved(t, "failing")
	r.Incomplete = "interrupted by SIGTERM"
	for i := range r.Verdict.Causes { // the last of a fix is short enough for all to fit
		r.Verdict.Causes[i].Fix = r.Verdict.Causes[i].Fix[len(r.Verdict.Causes[i].Fix)-1:]
	}
	got := decode(t, TerminationMessage(r))
	want := termination{
		Status: observe.Fail, Summary: r.Verdict.Summary, Failed: []string{"net.connect"}, Incomplete: "interrupted by SIGTERM",
		Causes: []brief{},
	}
	for _, c := range r.Verdict.Causes {
		want.Causes = append(want.Causes, brief{Code: c.Code, Confidence: c.Confidence, Title: c.Title, Remedy: c.Remedy, Evidence: c.Evidence, Fix: c.Fix})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTerminationMessageFits(t *testing.T) {
	for name, r := range hostile() {
		t.Run(name, func(t *testing.T) { decode(t, TerminationMessage(r)) })
	}
	for size := 1; size < 1<<16; size = 2*size + 1 {
		for _, text := range []string{"x", "é", "漢", "\U0001F600", "\x01", `"`, "\xff"} {
			huge := strings.Repeat(text, size)
			decode(t, TerminationMessage(reportOf(huge, huge, 3, 5)))
			decode(t, TerminationMessage(reportOf("short", huge, 1, size%500)))
			decode(t, TerminationMessage(reportOf(huge, "short", size%500, 1)))
		}
	}
}

func reportOf(summary, rest string, named, failed int) Report {
	r := Report{Status: observe.Fail, Verdict: diagnose.Verdict{Summary: summary}, Incomplete: rest}
	for range named {
		r.Verdict.Causes = append(r.Verdict.Causes, diagnose.Finding{
			Code: "net.api-blocked", Confidence: causes.Possible, Title: rest, Evidence: []string{rest, rest}, Fix: []string{rest},
		})
	}
	for i := range failed {
		r.Results = append(r.Results, observe.Result{ID: fmt.Sprintf("net.check-%d", i), Status: observe.Fail})
	}
	return r
}

func TestTerminationMessageDropsTheLeastFirst(t *testing.T) {
	text := func(n int) []string { return []string{strings.Repeat("x", n)} }
	for _, tc := range []struct {
		name                         string
		title, evidence, fix         int
		wantTitle, wantEvid, wantFix bool
	}{
		{"all fits", 100, 1000, 1000, true, true, true},
		{"the fix goes first", 100, 1000, 5000, true, true, false},
		{"then the evidence", 100, 5000, 10, true, false, false},
		{"then the ends of texts", 5000, 10, 10, false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			title := text(tc.title)[0]
			got := decode(t, TerminationMessage(Report{Status: observe.Fail, Verdict: diagnose.Verdict{Summary: "s", Causes: []diagnose.Finding{
				{Code: "net.api-down", Confidence: causes.Possible, Title: title, Evidence: text(tc.evidence), Fix: text(tc.fix)},
			}}}))
			if len(got.Causes) != 1 || got.Causes[0].Code != "net.api-down" || got.Summary != "s" {
				t.Fatalf("the cause is lost: %+v", got)
			}
			c := got.Causes[0]
			if (c.Title == title) != tc.wantTitle || (c.Evidence != nil) != tc.wantEvid || (c.Fix != nil) != tc.wantFix {
				t.Errorf("title whole %v, evidence %v, fix %v", c.Title == title, c.Evidence != nil, c.Fix != nil)
			}
			if !tc.wantTitle && !strings.HasSuffix(c.Title, "...") {
				t.Errorf("a title that was cut does not say so: %q", c.Title)
			}
		})
	}
}

func TestTerminationMessageLeavesTheReportAlone(t *testing.T) {
	r := saved(t, "failing")
	r.Verdict.Causes[0].Title = strings.Repeat("x", 5000)
	before := asJSON(t, r)
	TerminationMessage(r)
	if diff := cmp.Diff(before, asJSON(t, r)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func FuzzTerminationMessage(f *testing.F) {
	f.Add("s", "t", uint16(1), uint16(1))
	f.Add(strings.Repeat("\x01", 3000), strings.Repeat("é", 3000), uint16(9), uint16(400))
	f.Fuzz(func(t *testing.T, summary, rest string, causes, failed uint16) {
		decode(t, TerminationMessage(reportOf(summary, rest, int(causes%40), int(failed%500))))
	})
}
