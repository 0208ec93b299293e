// Package watch adds up what many runs of the checks have shown: what changed from one to
// the next, how often each check failed and each cause was named, and how long the layers
// took. What it keeps does not grow with the number of rounds.
package watch

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Tally is what the rounds have shown so far.
type Tally struct {
	rounds, found int
	by            map[string]int // rounds, by what became of them
	began, ended  time.Time
	layers        map[string]*latencies
	checks        map[string]*spell // by id
	causes        map[string]*spell // by code
	state         string            // status and codes of the last round
	since         time.Time         // of that state
}

// spell is how often something was so, and when.
type spell struct {
	rounds      int
	first, last time.Time
}

// NewTally returns one without rounds.
func NewTally() *Tally {
	return &Tally{by: map[string]int{}, layers: map[string]*latencies{}, checks: map[string]*spell{}, causes: map[string]*spell{}}
}

// Add takes the report of a round; found says that it counts as a fault. It returns a line
// where something has changed since the round before, and "" where nothing has.
func (t *Tally) Add(r report.Report, found bool) (line string) {
	if t.rounds == 0 {
		t.began, t.since = r.Started, r.Started
	}
	t.ended = r.Started.Add(time.Duration(r.Took))
	t.rounds++
	if found {
		t.found++
	}
	t.by[outcome(r)]++
	for _, result := range r.Results {
		if result.Status == observe.Fail || result.Status == observe.Warn {
			note(t.checks, result.ID, r.Started)
		}
	}
	for layer, d := range layerTimes(r) {
		if t.layers[layer] == nil {
			t.layers[layer] = &latencies{}
		}
		t.layers[layer].add(d)
	}
	for _, f := range r.Verdict.Causes {
		note(t.causes, f.Code, r.Started)
	}
	return t.change(r)
}

// layerTimes are how long the checks of each layer took together that ran.
func layerTimes(r report.Report) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, result := range r.Results {
		if layer := report.LayerOf(result.ID); result.Status != observe.Skip && layer != "" {
			took[layer] += time.Duration(result.Took)
		}
	}
	return took
}

// outcome is what became of a round.
func outcome(r report.Report) string {
	if r.Incomplete != "" {
		return incomplete
	}
	return map[observe.Status]string{observe.Pass: "passed", observe.Warn: "warned", observe.Fail: "failed"}[r.Status]
}

const incomplete = "incomplete"

func note(spells map[string]*spell, name string, at time.Time) {
	if spells[name] == nil {
		spells[name] = &spell{first: at}
	}
	spells[name].rounds++
	spells[name].last = at
}

// change says how a round differs from the one before.
func (t *Tally) change(r report.Report) string {
	codes := []string{string(r.Status), r.Incomplete}
	for _, f := range r.Verdict.Causes {
		codes = append(codes, f.Code)
	}
	state := strings.Join(codes, " ")
	if state == t.state {
		return ""
	}
	text := r.Verdict.Summary
	if len(r.Verdict.Causes) > 0 {
		best := r.Verdict.Causes[0]
		text = fmt.Sprintf("%s (%s): %s", best.Code, best.Confidence, best.Title)
	}
	if r.Incomplete != "" {
		text += " (incomplete: " + r.Incomplete + ")"
	}
	if t.state != "" {
		text += "; the state before lasted " + observe.FormatDuration(r.Started.Sub(t.since))
	}
	t.state, t.since = state, r.Started
	return fmt.Sprintf("%s  %s  %s", r.Started.UTC().Format(time.RFC3339), strings.ToUpper(string(r.Status)), text)
}

// Rounds is how many there were.
func (t *Tally) Rounds() int { return t.rounds }

// Found is how many rounds counted as a fault.
func (t *Tally) Found() int { return t.found }

// Incomplete is how many rounds were cut off.
func (t *Tally) Incomplete() int { return t.by[incomplete] }

// Summary writes what the rounds have shown together.
func (t *Tally) Summary(w io.Writer, width int) error {
	if t.rounds == 0 {
		_, err := fmt.Fprintln(w, "no round has run")
		return err
	}
	var counts []string
	for _, outcome := range []string{"failed", "warned", "passed", incomplete} {
		if n := t.by[outcome]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, outcome))
		}
	}
	if _, err := fmt.Fprintf(w, "%s in %s: %s\n", observe.Plural(t.rounds, "round"), observe.FormatDuration(t.ended.Sub(t.began)), strings.Join(counts, ", ")); err != nil {
		return err
	}
	var rows [][]string
	for _, layer := range report.Layers() {
		if l := t.layers[layer]; l != nil {
			row := []string{layer}
			for _, p := range []float64{50, 95, 99} {
				row = append(row, observe.FormatDuration(l.percentile(p)))
			}
			rows = append(rows, append(row, observe.FormatDuration(l.most)))
		}
	}
	for _, part := range []struct {
		header []string
		rows   [][]string
	}{
		{[]string{"LAYER", "P50", "P95", "P99", "SLOWEST"}, rows},
		{[]string{"CAUSE", "ROUNDS", "FIRST (UTC)", "LAST"}, t.spells(t.causes)},
		{[]string{"CHECK FAILED OR WARNED", "ROUNDS", "FIRST (UTC)", "LAST"}, t.spells(t.checks)},
	} {
		if len(part.rows) == 0 {
			continue
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := report.Columns(w, width, part.header, part.rows); err != nil {
			return err
		}
	}
	return nil
}

// short is a time in a table: the lines of changes have the year.
const short = "01-02 15:04:05"

// spells are rows with the rate of each, the most frequent first.
func (t *Tally) spells(of map[string]*spell) (rows [][]string) {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(of[b].rounds-of[a].rounds, cmp.Compare(a, b))
	})
	for _, name := range names {
		s := of[name]
		rate := fmt.Sprintf("%d of %d (%s %%)", s.rounds, t.rounds, strconv.FormatFloat(100*float64(s.rounds)/float64(t.rounds), 'g', 3, 64))
		rows = append(rows, []string{name, rate, s.first.UTC().Format(short), s.last.UTC().Format(short)})
	}
	return rows
}
