package report

import (
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// unexplained writes a block for each warning, then for each failure, that no cause
// of the verdict explains.
func (t *table) unexplained(w written) {
	said := map[string]bool{}
	for _, text := range w.said {
		said[text] = true
	}
	for _, status := range []observe.Status{observe.Warn, observe.Fail} {
		for _, r := range t.report.Results {
			if r.Status == status && !said[r.ID+": "+r.Summary] {
				t.unexplainedResult(r)
			}
		}
	}
}

func (t *table) unexplainedResult(r observe.Result) {
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
			t.lines(wrapIndented("most similar: "+near.Code+", but "+near.Because, t.width, "  ", "    ")...)
		}
	}
	t.lines("")
}
