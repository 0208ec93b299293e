package report

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// verdict writes the one sentence, then a block for each cause, best first, and
// then one for each warning and failure that no cause explains.
func (t *table) verdict() {
	causes := t.report.Verdict.Causes
	if len(causes) > 0 && t.report.Verdict.Summary != "" {
		t.lines(wrapIndented(t.report.Verdict.Summary, t.width, "", "  ")...)
		t.lines("")
	}
	written := written{under: map[string]string{}}
	for _, c := range causes {
		t.cause(c, &written)
	}
	t.unexplained(written)
}

// written is what stands in the report already, so as not to stand there twice.
type written struct {
	said  []string          // evidence and consequences, as "id: summary"
	under map[string]string // a step of a fix to the code under which it stands
}

func (w *written) new(texts []string) []string {
	var fresh []string
	for _, text := range texts {
		if !slices.Contains(w.said, text) {
			fresh = append(fresh, text)
		}
	}
	w.said = append(w.said, fresh...)
	return fresh
}

func (t *table) cause(c diagnose.Finding, w *written) {
	t.title(t.resultOf(c), c.Code)
	evidence := w.new(c.Evidence)
	if len(evidence) > 0 && len(c.Evidence) > 0 && evidence[0] == c.Evidence[0] {
		seen := evidence[0]
		if r := t.resultOf(c); r.ID != "" {
			seen = r.Summary
		}
		t.lines(wrapIndented(seen, t.width, "  ", "    ")...)
		evidence = evidence[1:]
	}
	t.lines(wrapIndented(c.Confidence.Noun()+": "+c.Title, t.width, "  ", "    ")...)
	for _, fact := range evidence {
		t.lines(wrapIndented(fact, t.width, "  ", "    ")...)
	}
	for _, rival := range c.RuledOut {
		t.lines(wrapIndented("ruled out: "+rival.Code+": "+rival.Because, t.width, "  ", "    ")...)
	}
	for _, part := range []struct {
		name  string
		texts []string
	}{{"contradicts: ", c.Against}, {"to confirm: ", c.Decide}, {"explains: ", w.new(c.Consequences)}} {
		for _, text := range part.texts {
			t.lines(wrapIndented(part.name+text, t.width, "  ", "    ")...)
		}
	}
	t.fix(c.Code, c.Fix, w)
	t.lines("")
}

// resultOf returns the result that a cause was found by; it is empty for
// somebody else's verdict.
func (t *table) resultOf(c diagnose.Finding) observe.Result {
	if len(c.Evidence) == 0 {
		return observe.Result{}
	}
	for _, r := range t.report.Results {
		if strings.HasPrefix(c.Evidence[0], r.ID+": ") && c.Evidence[0] == r.ID+": "+r.Summary {
			return r
		}
	}
	return observe.Result{}
}

// title is the first line of a block: the status, the check and the cause.
func (t *table) title(r observe.Result, code string) {
	if r.ID == "" {
		t.lines(wrap(code, t.width)...)
		return
	}
	name := []string{singleLine(r.ID) + gap + singleLine(code)}
	if room := t.width - columns(word(r.Status)) - len(gap); columns(name[0]) > room {
		name = append(wrap(r.ID, room), wrap(code, room)...)
	}
	t.lines(t.paint(r.Status) + gap + name[0])
	t.lines(name[1:]...)
}

// fix writes the steps of a fix. What stands above already is named only.
func (t *table) fix(code string, steps []string, w *written) {
	if len(steps) == 0 {
		return
	}
	t.lines("  fix, for sh or bash:")
	named := ""
	for _, step := range steps {
		above, ok := w.under[step]
		switch {
		case !ok || !strings.Contains(step, "\n"):
			w.under[step], named = code, ""
			t.step(step)
		case above != named:
			t.step("# the same commands as for " + singleLine(above))
			named = above
		}
	}
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
