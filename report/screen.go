package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
)

const (
	defaultWidth = 80
	minWidth     = 40
	narrow       = 60 // below this width a text stands under its name
	// screenLines is how many lines a terminal shows: a report of one fault has no more.
	screenLines = 24
	// maxRowLines is how many lines the first row of a layer may take, and each row below
	// it has one; -o wide has the whole text.
	maxRowLines = 2
	layerWidth  = len("authentication")
)

// Table writes the report for people, on one screen where one thing is wrong: a row for
// each layer, the verdict, and what was counted.
func Table(w io.Writer, r Report, opts Options) error {
	p := newPage(r, opts)
	p.header()
	p.rows()
	p.verdict()
	p.lines(wrap(p.count(), p.width)...)
	_, err := w.Write(p.out.Bytes())
	return err
}

// doctor is the program whose report it is.
const doctor = "k8sdoctor"

// page is the text of one report while it grows.
type page struct {
	report  Report
	width   int
	color   bool
	symbols bool
	again   string // how to get the wide report
	program string // that explains causes
	out     bytes.Buffer
}

func newPage(r Report, opts Options) *page {
	if opts.Width == 0 {
		opts.Width = defaultWidth
	}
	return &page{report: r, width: max(opts.Width, minWidth), color: opts.Color, symbols: opts.Symbols, again: cmp.Or(opts.Again, doctor+" check -o wide"), program: cmp.Or(opts.Program, doctor)}
}

func (p *page) lines(lines ...string) {
	for _, line := range lines {
		p.out.WriteString(strings.TrimRight(line, " "))
		p.out.WriteByte('\n')
	}
}

// height is how many lines of the terminal the page takes so far.
func (p *page) height() int { return height(strings.Split(p.out.String(), "\n"), p.width) - 1 }

// height is how many lines of a terminal so wide these lines take.
func height(lines []string, width int) int {
	n := 0
	for _, line := range lines {
		n += max(1, (columns(colorCode().ReplaceAllString(line, ""))+width-1)/width)
	}
	return n
}

func (p *page) header() {
	r := p.report
	title := "k8sdoctor " + r.Version
	if r.Attempt > 1 {
		title += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	parts := append([]string{title}, r.parts()...)
	if r.Simulated {
		parts[1] = "simulated " + parts[1]
	}
	const apart = "   "
	if line := singleLine(strings.Join(parts, apart)); columns(line) <= p.width {
		p.lines(line, "")
		return
	}
	p.lines(wrapIndented(strings.Join(parts, ", "), p.width, "", "  ")...)
	p.lines("")
}

// podParts name what is known of the pod.
func podParts(p causes.Pod) []string {
	name := "pod unknown"
	switch {
	case p.Name != "" && p.Namespace != "":
		name = "pod " + p.Namespace + "/" + p.Name
	case p.Name != "":
		name = "pod " + p.Name
	case p.Namespace != "":
		name = "namespace " + p.Namespace
	}
	if p.For != "" {
		name += " for " + p.For
	}
	if p.Node != "" {
		name += " on " + p.Node
	}
	if p.ServiceAccount == "" {
		return []string{name}
	}
	return []string{name, "service account " + p.ServiceAccount}
}

// rows writes a row for each layer.
func (p *page) rows() {
	list := rows(p.report.Results)
	switch {
	case len(p.report.Results) == 0:
		p.lines("no check has run", "")
		return
	case len(list) == 0: // what has run is shown only where it fails
		return
	}
	for _, r := range list {
		p.lines(p.row(r)...)
	}
	p.lines("")
}

func (p *page) row(r row) []string {
	mark := p.mark(r.status)
	name := singleLine(clip(r.layer, layerWidth))
	indent := columns(mark) + 1
	if p.width >= narrow {
		indent += layerWidth + len(gap)
		name += strings.Repeat(" ", max(0, layerWidth+len(gap)-columns(name)))
	} else if name != "" {
		name += ": "
	}
	lines := wrap(name+r.text, p.width-columns(mark)-1)
	if p.width >= narrow {
		lines = wrap(r.text, p.width-indent)
	}
	most := maxRowLines
	if r.layer == "" {
		most = 1
	}
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], cut(strings.Join(lines[most-1:], " "), max(1, p.width-indent)))
	}
	for i := range lines {
		switch {
		case i > 0:
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		case p.width >= narrow:
			lines[i] = p.paint(r.status, mark) + " " + name + lines[i]
		default:
			lines[i] = p.paint(r.status, mark) + " " + lines[i]
		}
	}
	return lines
}

// marks are the statuses where the terminal shows symbols, and words those where not.
var (
	marks = map[observe.Status]string{observe.Pass: "✓", observe.Warn: "!", observe.Fail: "✗", observe.Skip: "-"}
	words = map[observe.Status]string{observe.Pass: "ok  ", observe.Warn: "WARN", observe.Fail: "FAIL", observe.Skip: "-   "}
)

func (p *page) mark(status observe.Status) string {
	of := words
	if p.symbols {
		of = marks
	}
	if mark, ok := of[status]; ok {
		return mark
	}
	return word(status)
}

var colorCode = pattern.Lazy("\x1b\\[[0-9;]*m")

// colors are ECMA-48 codes; the words say the same without them.
var colors = map[observe.Status]string{observe.Pass: "32", observe.Warn: "33", observe.Fail: "1;31", observe.Skip: "2"}

func (p *page) paint(status observe.Status, text string) string {
	if code := colors[status]; p.color && code != "" {
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	return text
}

// count is the last line: what was counted, and how long it took.
func (p *page) count() string {
	r := p.report
	made, _ := split(r.Results)
	counts := map[string]int{}
	for _, result := range made {
		switch {
		case result.Status != observe.Skip:
			counts[string(result.Status)]++
		case result.BlockedBy != "":
			counts["not reached"]++
		case r.Incomplete != "":
			counts["not run"]++
		default:
			counts["do not apply"]++
		}
	}
	var parts []string
	for _, kind := range [][2]string{{"fail", "failed"}, {"warn", "warned"}, {"pass", "passed"}, {"not reached", "not reached"}, {"not run", "not run"}, {"do not apply", "do not apply"}} {
		n := counts[kind[0]]
		switch {
		case n == 0:
		case n == 1 && kind[0] == "do not apply":
			parts = append(parts, "1 does not apply")
		case len(parts) == 0:
			parts = append(parts, observe.Plural(n, "check")+" "+kind[1])
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, kind[1]))
		}
	}
	if len(parts) == 0 {
		parts = []string{"0 checks"}
	}
	parts = append(parts, observe.FormatDuration(time.Duration(r.Took)))
	if r.Incomplete != "" {
		parts = append(parts, "incomplete: "+r.Incomplete)
	}
	return singleLine(strings.Join(parts, ", "))
}
