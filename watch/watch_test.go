package watch

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

var began = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// round is the report of one, i rounds of 30 seconds after the first.
func round(i int, took time.Duration, code string) report.Report {
	r := report.Report{Started: began.Add(time.Duration(i) * 30 * time.Second), Took: observe.Milliseconds(took), Status: observe.Pass}
	r.Verdict.Summary = "this pod can use the API server"
	connect := observe.Result{ID: "net.connect", Status: observe.Pass, Took: observe.Milliseconds(took)}
	if code != "" {
		r.Status, connect.Status = observe.Fail, observe.Fail
		r.Verdict.Causes = []diagnose.Finding{{Code: code, Confidence: causes.Likely, Title: "one is down"}}
	}
	r.Results = []observe.Result{connect, {ID: "net.open", Status: observe.Pass, Took: observe.Milliseconds(took)}, {ID: "tls.chain", Status: observe.Skip}, {ID: "probe.fresh", Status: observe.Pass, Took: observe.Milliseconds(time.Hour)}}
	return r
}

func TestChangesAreSaidOnce(t *testing.T) {
	tally := NewTally()
	var lines []string
	for i, code := range []string{"", "", "net.api-down", "net.api-down", "net.lossy", ""} {
		if line := tally.Add(round(i, time.Millisecond, code), code != ""); line != "" {
			lines = append(lines, line)
		}
	}
	want := []string{
		"2026-11-28T12:00:00Z  PASS  this pod can use the API server",
		"2026-11-28T12:01:00Z  FAIL  net.api-down (likely): one is down; the state before lasted 1 min",
		"2026-11-28T12:02:00Z  FAIL  net.lossy (likely): one is down; the state before lasted 1 min",
		"2026-11-28T12:02:30Z  PASS  this pod can use the API server; the state before lasted 30 s",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestIntermittentFaultHasItsRate has one connection in five fail.
func TestIntermittentFaultHasItsRate(t *testing.T) {
	tally := NewTally()
	for i := range 100 {
		code, took := "", 2*time.Millisecond
		if i%5 == 3 {
			code, took = "net.some-endpoints-dead", 5*time.Second
		}
		tally.Add(round(i, took, code), code != "")
	}
	var b strings.Builder
	if err := tally.Summary(&b, 0); err != nil {
		t.Fatal(err)
	}
	want := `100 rounds in 49 min 30 s: 20 failed, 80 passed

LAYER    P50   P95   P99   SLOWEST
network  4 ms  10 s  10 s  10 s

CAUSE                    ROUNDS            FIRST (UTC)     LAST
net.some-endpoints-dead  20 of 100 (20 %)  11-28 12:01:30  11-28 12:49:00

CHECK FAILED OR WARNED  ROUNDS            FIRST (UTC)     LAST
net.connect             20 of 100 (20 %)  11-28 12:01:30  11-28 12:49:00
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoRound(t *testing.T) {
	var b strings.Builder
	if err := NewTally().Summary(&b, 0); err != nil || b.String() != "no round has run\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

func TestPercentiles(t *testing.T) {
	l := &latencies{}
	for i := range 1000 {
		l.add(time.Duration(i+1) * time.Millisecond)
	}
	for p, want := range map[float64]time.Duration{50: 500 * time.Millisecond, 95: 950 * time.Millisecond, 99: 990 * time.Millisecond, 100: time.Second} {
		if got := l.percentile(p); got < want || got > want+want/40 {
			t.Errorf("p%.0f: got %s, want %s and at most 2 %% more", p, got, want)
		}
	}
	l.add(0)
	l.add(100 * time.Hour)
	if got := l.percentile(100); got != 100*time.Hour {
		t.Errorf("got %s", got)
	}
}

// TestMemoryStaysFlat goes through 10,000 rounds.
func TestMemoryStaysFlat(t *testing.T) {
	tally, metrics := NewTally(), NewMetrics("v1", time.Minute)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	for i := range 10_000 {
		if i == 1000 {
			early = heap()
		}
		r := round(i, time.Duration(i%300)*time.Millisecond, []string{"", "net.api-down", "net.lossy"}[i%3])
		tally.Add(r, i%3 > 0)
		metrics.Add(r)
	}
	if late := heap(); late > early+256<<10 {
		t.Errorf("%d bytes after 10,000 rounds, %d after 1,000", late, early)
	}
	runtime.KeepAlive(tally)
	runtime.KeepAlive(metrics)
}

// TestMetrics has Prometheus' own parser read what is served.
func TestMetrics(t *testing.T) {
	m := NewMetrics("v1", time.Minute)
	for i, code := range []string{"", "net.api-down", "net.api-down", ""} {
		m.Add(round(i, 20*time.Millisecond, code))
	}
	response := httptest.NewRecorder()
	m.ServeHTTP(response, httptest.NewRequest("GET", "/metrics", nil))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for name, family := range families {
		for _, sample := range family.Metric {
			var labels []string
			for _, l := range sample.Label {
				labels = append(labels, l.GetValue())
			}
			key := name + " " + strings.Join(labels, " ")
			switch {
			case sample.Histogram != nil:
				got[key] = float64(sample.Histogram.GetSampleCount())
			default:
				got[key] = sample.GetCounter().GetValue() + sample.GetGauge().GetValue() + sample.GetUntyped().GetValue()
			}
		}
	}
	for key, want := range map[string]float64{
		"k8sdoctor_rounds_total passed": 2, "k8sdoctor_rounds_total failed": 2, "k8sdoctor_info v1": 1,
		"k8sdoctor_check_failures_total net.connect network": 2, "k8sdoctor_check_failures_total net.open network": 0,
		"k8sdoctor_cause_rounds_total net.api-down": 2, "k8sdoctor_cause net.api-down likely": 0,
		"k8sdoctor_layer_duration_seconds network": 4,
	} {
		if value, ok := got[key]; !ok || value != want {
			t.Errorf("%s: got %v, %t, want %v in %v", key, value, ok, want, got)
		}
	}
}

func TestHealthz(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMetrics("v1", time.Minute)
		status := func(path string) string {
			response := httptest.NewRecorder()
			m.ServeHTTP(response, httptest.NewRequest("GET", path, nil))
			return fmt.Sprintf("%d %s", response.Code, strings.TrimSpace(response.Body.String()))
		}
		if got := status("/healthz"); got != "200 ok" {
			t.Errorf("at first: %s", got)
		}
		time.Sleep(61 * time.Second)
		if got := status("/healthz"); got != "503 no round has ended for 1 min 1 s" {
			t.Errorf("after a minute: %s", got)
		}
		m.Add(round(0, 0, ""))
		if got := status("/healthz"); got != "200 ok" {
			t.Errorf("after a round: %s", got)
		}
		if got := status("/"); !strings.HasPrefix(got, "404") {
			t.Errorf("elsewhere: %s", got)
		}
	})
}
