package report

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/tw"
)

func sum(list []int) (total int) {
	for _, n := range list {
		total += n
	}
	return total
}

// Columns writes a table of at most width columns of the terminal. The widest
// cells of its rows are wrapped; the first one never is.
func Columns(w io.Writer, width int, header []string, rows [][]string) error {
	p := newPage(Report{}, Options{Width: width})
	widths := make([]int, len(header))
	for i, title := range header {
		widths[i] = columns(title)
		for _, row := range rows {
			widths[i] = max(widths[i], columns(row[i]))
		}
	}
	room := p.width - widths[0] - len(gap)*(len(header)-1)
	for sum(widths[1:]) > max(room, len(header)) {
		widest := 1
		for i := range widths[1:] {
			if widths[i+1] >= widths[widest] {
				widest = i + 1
			}
		}
		widths[widest]--
	}
	cells := make([][]string, len(rows))
	for i, row := range rows {
		for j, cell := range row {
			cells[i] = append(cells[i], strings.Join(wrap(cell, widths[j]), "\n"))
		}
	}
	if err := p.grid(header, cells, tw.AlignLeft); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.TrimRight(p.out.String(), "\n")+"\n")
	return err
}
