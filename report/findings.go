package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// findings writes a block for each warning, then for each failure, so that the
// failures stand next to the last line.
func (t *table) findings() {
	seen := diagnosis.Seen{Pod: t.report.Pod, Results: t.report.Results}
	told := map[string]string{} // code to the check under which its fix stands
	for _, status := range []checks.Status{checks.Warn, checks.Fail} {
		for _, r := range t.report.Results {
			if r.Status == status {
				t.finding(seen, r, told)
			}
		}
	}
}

func (t *table) finding(seen diagnosis.Seen, r checks.Result, told map[string]string) {
	cause := diagnosis.CauseFor(r)
	name := []string{flat(r.ID) + gap + flat(r.Code)}
	if room := t.width - columns(word(r.Status)) - len(gap); columns(name[0]) > room {
		name = append(wrap(r.ID, room), wrap(r.Code, room)...)
	}
	t.lines(t.paint(r.Status) + gap + name[0])
	t.lines(name[1:]...)
	t.lines(hang(r.Summary, t.width, "  ", "    ")...)
	if cause.Title != r.Summary {
		t.lines(hang(cause.Confidence.Noun()+": "+cause.Title, t.width, "  ", "    ")...)
	}
	for _, fact := range r.Evidence {
		t.lines(hang(fact.Key+": "+fact.Value, t.width, "  ", "    ")...)
	}
	if at, ok := told[r.Code]; ok {
		t.lines(hang("fix: the same as for "+at, t.width, "  ", "    ")...)
	} else if fix := cause.Fix(seen); len(fix) > 0 {
		told[r.Code] = r.ID
		t.lines("  fix:")
		for _, step := range fix {
			t.step(step)
		}
	}
	t.lines("")
}

// step writes a command or YAML as it is, to be copied, and wraps a comment.
func (t *table) step(step string) {
	const indent = "    "
	if comment, ok := strings.CutPrefix(step, "# "); ok && !strings.Contains(step, "\n") {
		t.lines(hang(comment, t.width, indent+"# ", indent+"# ")...)
		return
	}
	for line := range strings.SplitSeq(step, "\n") {
		t.lines(indent + line)
	}
}

// sum writes the last line, in one piece: it is what tail -n 1 shows.
func (t *table) sum() {
	counts := map[checks.Status]int{}
	for _, r := range t.report.Results {
		counts[r.Status]++
	}
	status := t.report.Status
	text := fmt.Sprintf("%d of %d checks %s", counts[status], len(t.report.Results), words[status])
	for _, other := range []checks.Status{checks.Warn, checks.Skip} {
		if other != status && counts[other] > 0 {
			text += fmt.Sprintf(", %d %s", counts[other], words[other])
		}
	}
	text += " in " + span(time.Duration(t.report.Took))
	if t.report.Incomplete != "" {
		text += ", incomplete (" + t.report.Incomplete + ")"
	}
	if t.report.Verdict.Summary != "" {
		text += ": " + t.report.Verdict.Summary
	}
	t.lines(t.paint(status) + gap + flat(text))
}

var words = map[checks.Status]string{checks.Pass: "passed", checks.Warn: "warned", checks.Fail: "failed", checks.Skip: "skipped"}
