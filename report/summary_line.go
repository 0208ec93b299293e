package report

import (
	"fmt"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// summaryLine writes the last line, in one piece: it is what tail -n 1 shows.
func (t *table) summaryLine() {
	counts := map[observe.Status]int{}
	made, _ := split(t.report.Results)
	for _, r := range made {
		counts[r.Status]++
	}
	status := t.report.Status
	text := fmt.Sprintf("%d of %d checks %s", counts[status], len(made), statusVerbs[status])
	for _, other := range []observe.Status{observe.Warn, observe.Skip} {
		if other != status && counts[other] > 0 {
			text += fmt.Sprintf(", %d %s", counts[other], statusVerbs[other])
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

// statusVerbs are the statuses as the last line has them.
var statusVerbs = map[observe.Status]string{observe.Pass: "passed", observe.Warn: "warned", observe.Fail: "failed", observe.Skip: "skipped"}
