package report

import (
	_ "embed" // for htmlStyle
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

//go:embed report.css
var htmlStyle string

// HTML writes the report as one page to attach: the verdict, the layers as a drawing with
// their times, and what was observed, folded. It loads nothing and has no script.
func HTML(w io.Writer, r Report) error {
	b := &htmlPage{}
	b.begin(headline(r), r.Version, r.parts(), r.Started)
	b.verdict(r)
	b.drawing(r)
	b.rows(r)
	b.folded(r)
	b.write("</body>\n</html>\n")
	_, err := io.WriteString(w, b.text.String())
	return err
}

// begin writes the head of a page.
func (b *htmlPage) begin(title, version string, parts []string, started time.Time) {
	b.write(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>k8sdoctor: `, escaped(title), `</title>
<style>
`, htmlStyle, `</style>
</head>
<body>
<header><strong>k8sdoctor</strong> `, escaped(version), ` · `, escaped(strings.Join(parts, " · ")), ` · <time>`, escaped(started.UTC().Format(time.RFC3339)), `</time></header>
`)
}

// htmlPage is a page of HTML while it grows.
type htmlPage struct{ text strings.Builder }

// escaped is a text that is no HTML yet.
type escaped string

// write adds pieces: strings, which are HTML, as they are.
func (b *htmlPage) write(pieces ...any) {
	for _, piece := range pieces {
		switch piece := piece.(type) {
		case escaped:
			b.text.WriteString(html.EscapeString(visible(string(piece))))
		case string:
			b.text.WriteString(piece)
		}
	}
}

// visible is a text without characters that HTML forbids or that reorder others.
func visible(text string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\n")
	for i := range lines {
		lines[i] = singleLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (b *htmlPage) verdict(r Report) {
	v := r.Verdict
	b.write(`<section class="verdict `, escaped(r.Status), `">`, "\n")
	switch {
	case r.healthy():
		b.write("<h1>healthy</h1>\n<p>", escaped(v.Summary), "</p>\n")
	case len(v.Causes) == 0:
		b.write("<h1>", escaped(map[bool]string{true: "no known cause", false: "nothing found"}[len(v.Unexplained) > 0]), "</h1>\n<p>", escaped(v.Summary), "</p>\n")
	}
	for i, f := range v.Causes {
		b.finding(f, i == 0)
	}
	if len(v.Causes) > 0 && v.Works != "" {
		b.write("<p class=works>", escaped(v.Works), "</p>\n")
	}
	b.write("</section>\n")
}

func (b *htmlPage) finding(f diagnose.Finding, first bool) {
	heading := "h2"
	if first {
		heading = "h1"
	}
	b.write("<", heading, "><code>", escaped(f.Code), "</code> <small>", escaped(f.Confidence), "</small></", heading, ">\n<p>", escaped(f.Title), "</p>\n")
	if f.Remedy != "" {
		b.write("<p class=fix><b>fix</b> ", escaped(f.Remedy), "</p>\n")
	}
	if look, ok := (causes.Fix{Blanks: f.Blanks, Steps: f.Steps}).First(); ok && first {
		b.write("<p>first: ", escaped(look.Question()), "</p>\n")
		if len(look.Commands) > 0 {
			b.write("<pre>", escaped(strings.Join(look.Commands, "\n")), "</pre>\n")
		}
	}
	if f.Confirm.Known() {
		b.write("<p><b>confirm</b> ", escaped(f.Confirm.Question()), "</p>\n")
		if f.Confirm.Command != "" {
			b.write("<pre>", escaped(f.Confirm.Command), "</pre>\n")
		}
	}
	var lines [][2]string
	for _, seen := range f.Evidence {
		lines = append(lines, [2]string{"seen", seen})
	}
	for _, unusual := range f.Contradicts {
		lines = append(lines, [2]string{"unusual", unusual})
	}
	for _, rival := range f.RuledOut {
		lines = append(lines, [2]string{"ruled out", rival.Code + ": " + rival.Because})
	}
	const shown = 4
	b.list(lines[:min(len(lines), shown)])
	if len(lines) > shown {
		b.write("<details><summary>more evidence</summary>\n")
		b.list(lines[shown:])
		b.write("</details>\n")
	}
	if len(f.Fix) > 0 {
		b.write("<details><summary>all steps of the fix</summary>\n<pre>", escaped(strings.Join(f.Fix, "\n")), "</pre>\n</details>\n")
	}
}

func (b *htmlPage) list(lines [][2]string) {
	b.write("<dl>\n")
	for _, l := range lines {
		b.write("<dt>", escaped(l[0]), "</dt><dd>", escaped(l[1]), "</dd>\n")
	}
	b.write("</dl>\n")
}

// drawing shows the layers as stations of a request, each with its time.
func (b *htmlPage) drawing(r Report) {
	made, _ := split(r.Results)
	ids := make([]string, len(made))
	for i, result := range made {
		ids[i] = result.ID
	}
	b.write(`<ol class=path aria-label="layers of the path to the API server">`, "\n")
	for _, l := range layersOf(ids) {
		own := slices.DeleteFunc(slices.Clone(made), func(result observe.Result) bool { return !l.has(result.ID) })
		status, spent := statusOf(l, own)
		if status == "" {
			continue
		}
		b.write(`<li class="`, escaped(status), `"><span class=mark aria-label="`, escaped(status), `">`, marks[status], "</span><b>", escaped(l.name), "</b><small>")
		if status != observe.Skip {
			b.write(escaped(observe.FormatDuration(spent)))
		} else {
			b.write("not reached")
		}
		b.write("</small></li>\n")
	}
	b.write("</ol>\n")
}

// statusOf is how a layer is drawn, and the time of its checks; the status is empty for
// one that is left out.
func statusOf(l layer, own []observe.Result) (status observe.Status, spent time.Duration) {
	for _, result := range own {
		spent += time.Duration(result.Took)
	}
	if l.notReached(own) {
		return map[bool]observe.Status{true: "", false: observe.Skip}[l.quiet], spent
	}
	for _, row := range l.rowsOf(own) {
		if status == "" || row.status == observe.Fail {
			status = row.status
		}
	}
	return status, spent
}

func (b *htmlPage) rows(r Report) {
	b.write("<table>\n")
	for _, row := range rows(r.Results) {
		b.write(`<tr class="`, escaped(row.status), `"><td class=mark>`, marks[row.status], "</td><th>", escaped(row.layer), "</th><td>", escaped(row.text), "</td></tr>\n")
	}
	b.write("</table>\n<p>", escaped(newPage(r, Options{}).count()), "</p>\n")
}

func (b *htmlPage) folded(r Report) {
	b.write("<details><summary>checks and observations</summary>\n<table>\n<tr><th></th><th>check</th><th>result</th><th>time</th></tr>\n")
	for _, result := range r.Results {
		b.write(`<tr class="`, escaped(result.Status), `"><td class=mark>`, escaped(marks[result.Status]), "</td><th>", escaped(result.ID), "</th><td>", escaped(result.Summary))
		for _, fact := range result.Evidence {
			b.write("<br><small>", escaped(fact.Key), ": ", escaped(fact.Value), "</small>")
		}
		b.write("</td><td>", escaped(took(result)), "</td></tr>\n")
	}
	b.write("</table>\n</details>\n<details><summary>clients</summary>\n<table>\n<tr><th>client</th><th>outcome</th><th>error message</th><th>reason</th></tr>\n")
	for _, c := range r.clients() {
		b.write("<tr><th>", escaped(c.Name), "</th><td>", escaped(c.Outcome), "</td><td>", escaped(c.Error), "</td><td>", escaped(fmt.Sprintf("%s [%s]", c.Reason, c.Since)), "</td></tr>\n")
	}
	b.write("</table>\n</details>\n")
}
