package report

import (
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/k8sdoctor/k8sdoctor/clients"
)

// clientTable writes how the clients fare.
func (p *page) clientTable() error {
	rows := p.report.clients()
	if len(rows) == 0 {
		return nil
	}
	const outcomeWidth = len("OUTCOME")
	nameWidth := len("CLIENT")
	for _, c := range rows {
		nameWidth = max(nameWidth, min(columns(singleLine(c.Name)), p.width/3))
	}
	header, rest := []string{"CLIENT", "OUTCOME", "ERROR MESSAGE, REASON"}, p.width-nameWidth-outcomeWidth-2*len(gap)
	if p.width < narrow {
		header, rest = []string{"CLIENT"}, p.width
	}
	var cells [][]string
	for _, row := range alike(rows) {
		if p.width < narrow {
			lines := wrap(row.names+": "+row.outcome, rest)
			for _, text := range row.texts {
				lines = append(lines, wrapIndented(text, rest, "  ", "    ")...)
			}
			cells = append(cells, []string{strings.Join(lines, "\n")})
			continue
		}
		var lines []string
		for _, text := range row.texts {
			lines = append(lines, wrapIndented(text, rest, "", "  ")...)
		}
		cells = append(cells, []string{
			strings.Join(wrap(row.names, nameWidth), "\n"), strings.Join(wrap(row.outcome, outcomeWidth), "\n"), strings.Join(lines, "\n"),
		})
	}
	return p.grid(header, cells, tw.AlignLeft)
}

// clientRow is one line of the table: a client, or several of which the same is
// to be said.
type clientRow struct {
	names, outcome string
	texts          []string
}

// alike puts the clients together that have no text of their own and share the
// reason. A reason that is beside one client's text is not said beside another's.
func alike(all []clients.Client) []clientRow {
	said := map[string]bool{}
	shared := map[[2]string]int{} // outcome and reason to the row
	var rows []clientRow
	for _, c := range all {
		key := [2]string{string(c.Outcome), c.Reason}
		if i, ok := shared[key]; ok && c.Error == "" {
			rows[i].names += ", " + c.Name
			rows[i].texts = slices.DeleteFunc([]string{c.Reason}, func(text string) bool { return text == "" })
			continue
		}
		row := clientRow{names: c.Name, outcome: string(c.Outcome)}
		since := " [" + c.Since + "]"
		switch {
		case c.Error == "":
			shared[key] = len(rows)
			row.texts = []string{c.Reason + since}
		case c.Reason == "" || said[c.Reason]:
			row.texts = []string{c.Error, strings.TrimSpace(since)}
		default:
			row.texts = []string{c.Error, c.Reason + since}
			said[c.Reason] = true
		}
		rows = append(rows, row)
	}
	return rows
}
