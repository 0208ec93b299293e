package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Markdown writes the report for a ticket, as GitHub and GitLab render it: the verdict,
// what was observed and the fix, with the rest folded.
func Markdown(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## k8sdoctor: %s\n\n", escapeMarkdown(headline(r)))
	fmt.Fprintf(&b, "%s, %s, version %s\n\n", escapeMarkdown(strings.Join(r.parts(), ", ")), r.Started.UTC().Format(time.RFC3339), escapeMarkdown(r.Version))
	for i, f := range r.Verdict.Causes {
		markdownFinding(&b, f, i == 0)
	}
	for _, u := range r.Verdict.Unexplained {
		fmt.Fprintf(&b, "No known cause explains %s: %s\n\n", codeSpan(u.ID), escapeMarkdown(u.Summary))
	}
	b.WriteString("| | layer | result |\n| --- | --- | --- |\n")
	for _, row := range rows(r.Results) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", word(row.status), escapeMarkdown(row.layer), escapeMarkdown(row.text))
	}
	fmt.Fprintf(&b, "\n%s\n\n", escapeMarkdown(newPage(r, Options{}).count()))
	b.WriteString("<details><summary>Checks, clients and observations</summary>\n\n")
	b.WriteString("| | check | result | time |\n| --- | --- | --- | --- |\n")
	for _, result := range r.Results {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", word(result.Status), codeSpan(result.ID), escapeMarkdown(result.Summary), took(result))
	}
	b.WriteString("\n| client | outcome | error message | reason |\n| --- | --- | --- | --- |\n")
	for _, c := range r.clients() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", escapeMarkdown(c.Name), c.Outcome, escapeMarkdown(c.Error), escapeMarkdown(c.Reason))
	}
	b.WriteString("\n| check | observation |\n| --- | --- |\n")
	for _, result := range r.Results {
		for _, fact := range result.Evidence {
			fmt.Fprintf(&b, "| %s | %s |\n", codeSpan(result.ID), escapeMarkdown(fact.Key+": "+fact.Value))
		}
	}
	b.WriteString("\n</details>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// headline is the verdict in one line.
func headline(r Report) string {
	if len(r.Verdict.Causes) > 0 {
		f := r.Verdict.Causes[0]
		return fmt.Sprintf("%s (%s)", f.Code, f.Confidence)
	}
	if r.healthy() {
		return "healthy"
	}
	return r.Verdict.Summary
}

func markdownFinding(b *strings.Builder, f diagnose.Finding, first bool) {
	if first {
		fmt.Fprintf(b, "**%s**\n\n", escapeMarkdown(f.Title))
	} else {
		fmt.Fprintf(b, "**%s (%s)**: %s\n\n", escapeMarkdown(f.Code), f.Confidence, escapeMarkdown(f.Title))
	}
	for _, seen := range f.Evidence {
		fmt.Fprintf(b, "- seen: %s\n", escapeMarkdown(seen))
	}
	for _, rival := range f.RuledOut {
		fmt.Fprintf(b, "- ruled out: %s: %s\n", codeSpan(rival.Code), escapeMarkdown(rival.Because))
	}
	if f.Confirm.Known() {
		fmt.Fprintf(b, "- to confirm: %s\n", escapeMarkdown(f.Confirm.Question()))
	}
	if f.Confirm.Command != "" {
		fmt.Fprintf(b, "\n%s\n", fence(f.Confirm.Command))
	}
	if f.Remedy != "" {
		fmt.Fprintf(b, "\n**Fix**: %s\n\n", escapeMarkdown(f.Remedy))
	}
	if len(f.Fix) > 0 {
		fmt.Fprintf(b, "<details><summary>All steps of the fix</summary>\n\n%s\n\n</details>\n\n", fence(strings.Join(f.Fix, "\n")))
	}
}

// escapeMarkdown makes one line of a text that renders as it is, behind other words.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range singleLine(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_[]|~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// codeSpan is a name as code; what cannot be one is escaped.
func codeSpan(name string) string {
	if name == "" || strings.ContainsAny(name, "`|\n\r") {
		return escapeMarkdown(name)
	}
	return "`" + singleLine(name) + "`"
}

// fence is a block of code that ends where it is to, whatever is in it.
func fence(text string) string {
	mark := "```"
	for strings.Contains(text, mark) {
		mark += "`"
	}
	return mark + "sh\n" + text + "\n" + mark
}
