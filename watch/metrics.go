package watch

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// buckets are the upper bounds of the histograms, in seconds: from a packet on the node to
// the time limit of a check.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// Metrics serves what the rounds show to Prometheus, and whether they go on.
type Metrics struct {
	set    *metrics.Set
	last   atomic.Int64 // when the last round ended, in nanoseconds since the epoch
	within time.Duration
	causes map[string]bool // the gauges of causes that were named once
}

// NewMetrics returns metrics of rounds; they are not well once none has ended for within.
func NewMetrics(version string, within time.Duration) *Metrics {
	metrics.ExposeMetadata(true) // TYPE lines
	m := &Metrics{set: metrics.NewSet(), within: within, causes: map[string]bool{}}
	m.last.Store(time.Now().UnixNano())
	m.set.NewGauge(fmt.Sprintf("k8sdoctor_info{version=%q}", version), func() float64 { return 1 })
	for _, outcome := range []string{"passed", "warned", "failed", incomplete} { // an increase needs a zero before it
		m.set.NewCounter(fmt.Sprintf("k8sdoctor_rounds_total{outcome=%q}", outcome))
	}
	m.set.NewGauge("k8sdoctor_last_round_timestamp_seconds", func() float64 { return float64(m.last.Load()) / 1e9 })
	return m
}

// Add takes the report of a round, as Tally.Add does.
func (m *Metrics) Add(r report.Report) {
	m.set.GetOrCreateCounter(fmt.Sprintf("k8sdoctor_rounds_total{outcome=%q}", outcome(r))).Inc()
	for _, result := range r.Results {
		layer := report.LayerOf(result.ID)
		if layer == "" {
			continue
		}
		failures := m.set.GetOrCreateCounter(fmt.Sprintf("k8sdoctor_check_failures_total{check=%q,layer=%q}", result.ID, layer))
		if result.Status == observe.Fail {
			failures.Inc()
		}
	}
	for layer, d := range layerTimes(r) {
		m.set.GetOrCreatePrometheusHistogramExt(fmt.Sprintf("k8sdoctor_layer_duration_seconds{layer=%q}", layer), buckets).Update(d.Seconds())
	}
	for gauge := range m.causes {
		m.set.GetOrCreateGauge(gauge, nil).Set(0)
	}
	for _, f := range r.Verdict.Causes {
		m.set.GetOrCreateCounter(fmt.Sprintf("k8sdoctor_cause_rounds_total{code=%q}", f.Code)).Inc()
		gauge := fmt.Sprintf("k8sdoctor_cause{code=%q,confidence=%q}", f.Code, f.Confidence)
		m.causes[gauge] = true
		m.set.GetOrCreateGauge(gauge, nil).Set(1)
	}
	m.last.Store(time.Now().UnixNano())
}

// ServeHTTP answers /metrics and /healthz.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.set.WritePrometheus(w)
	case "/healthz":
		if since := time.Since(time.Unix(0, m.last.Load())); since > m.within {
			http.Error(w, fmt.Sprintf("no round has ended for %s", observe.FormatDuration(since)), http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "ok\n")
	default:
		http.NotFound(w, r)
	}
}
