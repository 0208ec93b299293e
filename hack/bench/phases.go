package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// phase is a part of one run of k8sdoctor.
type phase struct {
	Name string
	Took time.Duration
}

// waiting are the checks that wait for an answer of the API server; some do so at the same
// time, and those of DNS beside them.
var waiting = []string{"net.connect", "tls.chain", "auth.review", "api.versions", "api.health", "api.version"}

// doctorReport is what is read of a report of k8sdoctor. Its own types would make this program
// larger than curl, whose memory it could not measure then.
type doctorReport struct {
	Took    millis `json:"durationMs"`
	Results []struct {
		ID, Status string
		Took       millis `json:"durationMs"`
	}
}

type millis float64

func (m millis) duration() time.Duration {
	return time.Duration(float64(m) * float64(time.Millisecond))
}

// phasesOf reads the phases of a run from its report: what is no check, the checks by the
// first part of their ids, and what was waited for in them.
func phasesOf(output []byte, took time.Duration) ([]phase, error) {
	var r doctorReport
	if err := json.Unmarshal(output, &r); err != nil {
		return nil, fmt.Errorf("the report of k8sdoctor: %w", err)
	}
	all := []phase{{"start, verdict and printing", took - r.Took.duration()}}
	waited := phase{Name: "waited for answers, some at the same time"}
	for _, result := range r.Results {
		layer, _, _ := strings.Cut(result.ID, ".")
		own := result.Took.duration()
		if layer == "dns" {
			layer = "dns, beside the others"
		}
		i := slices.IndexFunc(all, func(p phase) bool { return p.Name == layer })
		if i < 0 {
			i, all = len(all), append(all, phase{Name: layer})
		}
		all[i].Took += own
		if slices.Contains(waiting, result.ID) {
			waited.Took += own
		}
	}
	return append(all, waited), nil
}

// printPhases prints the median of each phase.
func printPhases(stdout io.Writer, runs [][]phase) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "phase of k8sdoctor check\tmedian\t")
	for i, p := range runs[0] {
		var took []time.Duration
		for _, run := range runs {
			took = append(took, run[i].Took)
		}
		slices.Sort(took)
		fmt.Fprintf(w, "%s\t%.1f ms\t\n", p.Name, ms(took[len(took)/2]))
	}
	return w.Flush()
}
