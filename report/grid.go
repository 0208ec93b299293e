package report

import (
	"io"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

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

// word is how a status reads.
func word(status observe.Status) string { return strings.ToUpper(singleLine(clip(string(status), 8))) }

// took renders the time of a check, if it has run.
func took(r observe.Result) string {
	if r.Status == observe.Skip {
		return ""
	}
	return observe.FormatDuration(time.Duration(r.Took))
}
