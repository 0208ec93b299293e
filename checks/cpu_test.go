package checks

import (
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// TestStarvation has what the kernel counted in runs of some length, and what a
// pulse that beats late says.
func TestStarvation(t *testing.T) {
	begin := time.Now()
	after := func(run time.Duration, periods, stopped int, of time.Duration) pod.CPUCounts {
		return pod.CPUCounts{At: begin.Add(run), Limit: pod.CPULimit{Known: true, Stopped: stopped, Periods: periods, Throttled: of}, Delay: of, HasDelay: true, Pressure: of, HasPressure: true}
	}
	before := after(0, 1, 1, 500*time.Microsecond)
	for _, tc := range []struct {
		name          string
		before, after pod.CPUCounts
		lost          time.Duration
		want, counted bool
		throttled     time.Duration
	}{
		{"no limit", pod.CPUCounts{At: begin}, pod.CPUCounts{At: begin.Add(10 * time.Second)}, 0, false, false, 0},
		{"a limit that stops nothing", before, after(10*time.Second, 90, 1, 500*time.Microsecond), 0, false, true, 0},
		{"stopped for a quarter", before, after(10*time.Second, 90, 30, 2500*time.Millisecond+500*time.Microsecond), 0, false, true, 2500 * time.Millisecond},
		{"stopped for more than that", before, after(10*time.Second, 90, 70, 2501*time.Millisecond+500*time.Microsecond), 0, true, true, 2501 * time.Millisecond},
		{"the limit was not to be read before", pod.CPUCounts{At: begin}, after(10*time.Second, 90, 70, 6*time.Second), 0, false, false, 0},
		{"lost a second of three", pod.CPUCounts{At: begin}, pod.CPUCounts{At: begin.Add(3 * time.Second)}, time.Second, true, false, 0},
		{"lost less than a second, and nearly all", pod.CPUCounts{At: begin}, pod.CPUCounts{At: begin.Add(time.Second)}, 950 * time.Millisecond, false, false, 0},
		{"lost two seconds of ten", pod.CPUCounts{At: begin}, pod.CPUCounts{At: begin.Add(10 * time.Second)}, 2 * time.Second, false, false, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log observe.Log
			out := recordCPU(tc.before, tc.after, tc.lost, &log)
			seen := log.Seen()
			if out.Status != observe.Pass || observe.Starved.Yes(seen) != tc.want || observe.Starved.No(seen) == tc.want {
				t.Errorf("got %s, %v: %s, want pass and starved %t", out.Status, seen[observe.Starved.ID], out.Summary, tc.want)
			}
			for _, of := range []observe.Duration{observe.ThrottledTime, observe.RunDelay, observe.CPUPressure} {
				if got, ok := of.In(seen); got != tc.throttled || ok != tc.counted {
					t.Errorf("%s: got %s %t, want %s %t", of.ID, got, ok, tc.throttled, tc.counted)
				}
			}
			if lost, _ := observe.LostTime.In(seen); lost != tc.lost {
				t.Errorf("got %s lost, want %s", lost, tc.lost)
			}
		})
	}
}
