package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// findings writes a block for each warning, then for each failure, that no cause of
// the verdict accounts for.
func (t *table) findings(w written) {
	said := map[string]bool{}
	for _, text := range w.said {
		said[text] = true
	}
	for _, status := range []checks.Status{checks.Warn, checks.Fail} {
		for _, r := range t.report.Results {
			if r.Status == status && !said[r.ID+": "+r.Summary] {
				t.finding(r)
			}
		}
	}
}

func (t *table) finding(r checks.Result) {
	t.title(r, "no known cause")
	t.lines(wrapIndented(r.Summary, t.width, "  ", "    ")...)
	for _, fact := range r.Evidence {
		t.lines(wrapIndented(fact.Key+": "+fact.Value, t.width, "  ", "    ")...)
	}
	for _, u := range t.report.Verdict.Unexplained {
		if u.ID != r.ID {
			continue
		}
		for _, near := range u.Nearest {
			t.lines(wrapIndented("nearest: "+near.Code+", but "+near.Because, t.width, "  ", "    ")...)
		}
	}
	t.lines("")
}

// step writes a command or YAML as it is, to be copied, and wraps a comment.
func (t *table) step(step string) {
	const indent = "    "
	if comment, ok := strings.CutPrefix(step, "# "); ok && !strings.Contains(step, "\n") {
		t.lines(wrapIndented(comment, t.width, indent+"# ", indent+"# ")...)
		return
	}
	for line := range strings.SplitSeq(step, "\n") {
		t.lines(indent + line)
	}
}

// sum writes the last line, in one piece: it is what tail -n 1 shows.
func (t *table) sum() {
	counts := map[checks.Status]int{}
	made, _ := split(t.report.Results)
	for _, r := range made {
		counts[r.Status]++
	}
	status := t.report.Status
	text := fmt.Sprintf("%d of %d checks %s", counts[status], len(made), words[status])
	for _, other := range []checks.Status{checks.Warn, checks.Skip} {
		if other != status && counts[other] > 0 {
			text += fmt.Sprintf(", %d %s", counts[other], words[other])
		}
	}
	text += " in " + formatDuration(time.Duration(t.report.Took))
	if t.report.Incomplete != "" {
		text += ", incomplete (" + t.report.Incomplete + ")"
	}
	if t.report.Verdict.Summary != "" {
		text += ": " + t.report.Verdict.Summary
	}
	t.lines(t.paint(status) + gap + singleLine(text))
}

var words = map[checks.Status]string{checks.Pass: "passed", checks.Warn: "warned", checks.Fail: "failed", checks.Skip: "skipped"}
