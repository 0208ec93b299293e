package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// GitHub writes an annotation for each check that failed or warned, and for each cause, as
// workflow commands of GitHub Actions:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func GitHub(w io.Writer, r Report) error {
	var b strings.Builder
	for _, f := range r.Verdict.Causes {
		kind := "warning"
		if r.statusOf(f.Check) == observe.Fail {
			kind = "error"
		}
		if f.Alternative {
			kind = "notice"
		}
		annotate(&b, kind, fmt.Sprintf("%s (%s)", f.Code, f.Confidence), fmt.Sprintf("%s\nfix: %s", f.Title, remedyOf(f)))
	}
	for _, result := range r.Results {
		switch result.Status {
		case observe.Fail:
			annotate(&b, "error", result.ID, result.Summary)
		case observe.Warn:
			annotate(&b, "warning", result.ID, result.Summary)
		}
	}
	if r.Incomplete != "" {
		annotate(&b, "warning", "k8sdoctor", "incomplete: "+r.Incomplete)
	}
	p := newPage(r, Options{})
	fmt.Fprintf(&b, "k8sdoctor: %s\n", plainLine(p.count()))
	_, err := io.WriteString(w, b.String())
	return err
}

func annotate(b *strings.Builder, kind, title, message string) {
	fmt.Fprintf(b, "::%s title=%s::%s\n", kind, escapeProperty(title), escapeData(message))
}

// escapeData and escapeProperty keep a text from ending a workflow command, as the
// runner's own toolkit does.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.ToValidUTF8(text, "?"))
}

func escapeProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(text))
}

// plainLine is a text that begins no workflow command.
func plainLine(text string) string { return strings.ReplaceAll(text, "::", ": :") }
