package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	defaultWidth = 80
	minWidth     = 40
	narrow       = 60 // below this width a summary stands under its check
)

// Table writes the report for people: a line for each check, what to know and
// to do about each warning and failure, and one line that sums up.
func Table(w io.Writer, r Report, opts Options) error {
	if opts.Width == 0 {
		opts.Width = defaultWidth
	}
	t := table{report: r, width: max(opts.Width, minWidth), color: opts.Color}
	t.header()
	if err := t.listings(); err != nil {
		return err
	}
	t.verdict()
	t.summaryLine()
	_, err := w.Write(t.out.Bytes())
	return err
}

// table is the text of one report while it grows.
type table struct {
	report Report
	width  int
	color  bool
	out    bytes.Buffer
}

func (t *table) lines(lines ...string) {
	for _, line := range lines {
		t.out.WriteString(strings.TrimRight(line, " "))
		t.out.WriteByte('\n')
	}
}

func (t *table) header() {
	r := t.report
	if r.Simulated {
		t.lines(wrapIndented("simulated pod: not a real cluster", t.width, "", "  ")...)
	}
	title := "k8sdoctor " + r.Version + ", started " + r.Started.UTC().Format(time.RFC3339)
	if r.Attempt > 1 {
		title += fmt.Sprintf(", attempt %d", r.Attempt)
	}
	t.lines(wrapIndented(title, t.width, "", "  ")...)
	t.lines(wrapIndented(podLine(r.Pod), t.width, "", "    ")...)
	t.lines("")
}

// podLine names what is known of the pod.
func podLine(p causes.Pod) string {
	name := [2]string{"pod ", p.Namespace + "/" + p.Name}
	if p.Name == "" || p.Namespace == "" {
		name[1] = p.Name + p.Namespace
	}
	if p.Name == "" {
		name[0] = "namespace "
	}
	var known []string
	for _, part := range [][2]string{name, {"node ", p.Node}, {"", p.IP}, {"service account ", p.ServiceAccount}} {
		if part[1] != "" {
			known = append(known, part[0]+part[1])
		}
	}
	if len(known) == 0 {
		return "pod unknown"
	}
	return strings.Join(known, ", ")
}

// gap stands between two columns.
const gap = "  "

// newGrid pins everything that tablewriter would otherwise take from the
// environment or change in the cells.
func newGrid(w io.Writer, header []string, align []tw.Align) *tablewriter.Table {
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft, PerColumn: align},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: gap, Overwrite: true}},
	}
	last := len(header) - 1
	cell.Padding.PerColumn = make([]tw.Padding, len(header))
	for i := range header {
		cell.Padding.PerColumn[i] = cell.Padding.Global
	}
	cell.Padding.PerColumn[last] = tw.PaddingNone
	grid := tablewriter.NewTable(w,
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Symbols: tw.NewSymbols(tw.StyleASCII),
			Borders: tw.BorderNone,
			Settings: tw.Settings{
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.Off, ShowFooterLine: tw.Off},
				Separators: tw.Separators{ShowHeader: tw.Off, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.Off},
			},
		})),
		tablewriter.WithTrimSpace(tw.Off), tablewriter.WithTrimTab(tw.Off), tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
	)
	grid.Header(header)
	return grid
}

// colors are ECMA-48 codes; the words say the same without them.
var colors = map[observe.Status]string{observe.Pass: "32", observe.Warn: "33", observe.Fail: "1;31", observe.Skip: "2"}

// word is how a status reads.
func word(status observe.Status) string { return strings.ToUpper(singleLine(clip(string(status), 8))) }

func (t *table) paint(status observe.Status) string {
	if code := colors[status]; t.color && code != "" {
		return "\x1b[" + code + "m" + word(status) + "\x1b[0m"
	}
	return word(status)
}

// took renders the time of a check, if it has run.
func took(r observe.Result) string {
	if r.Status == observe.Skip {
		return ""
	}
	return formatDuration(time.Duration(r.Took))
}

func formatDuration(d time.Duration) string {
	switch {
	case d < 99950*time.Microsecond:
		return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
