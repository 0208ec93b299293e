package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// isProbe says that a result is of a probe: it ran because a check found something,
// and neither passes nor fails.
func isProbe(r observe.Result) bool { return strings.HasPrefix(r.ID, "probe.") }

// split returns the checks and the probes of a run.
func split(results []observe.Result) (made, probes []observe.Result) {
	for _, r := range results {
		if isProbe(r) {
			probes = append(probes, r)
		} else {
			made = append(made, r)
		}
	}
	return made, probes
}

// listing writes one line or more for each result. The cells are wrapped here,
// as tablewriter marks broken words with an arrow that is not ASCII.
func (p *page) listing(title string, results []observe.Result, statuses bool) error {
	if len(results) == 0 {
		return nil
	}
	statusWidth, idWidth, tookWidth := 0, len(title), len("TIME")
	if statuses {
		statusWidth = len("PASS") + len(gap)
	}
	for _, r := range results {
		if statuses {
			statusWidth = max(statusWidth, columns(word(r.Status))+len(gap))
		}
		idWidth = max(idWidth, min(columns(singleLine(r.ID)), p.width/3))
		tookWidth = max(tookWidth, len(took(r)))
	}
	rest := p.width - statusWidth - tookWidth - len(gap)
	header := []string{title, "TIME"}
	if p.width >= narrow {
		rest -= idWidth + len(gap)
		header = []string{title, "RESULT", "TIME"}
	}
	var rows [][]string
	for _, r := range results {
		id, indent := wrap(r.ID, idWidth), ""
		if p.width < narrow {
			id, indent = wrap(r.ID, rest), "  "
		}
		result := wrapIndented(r.Summary, rest, indent, indent)
		if r.Why != "" {
			result = append(result, wrapIndented(reason(r), rest, indent, indent)...)
		}
		row := []string{strings.Join(id, "\n"), strings.Join(result, "\n"), took(r)}
		if p.width < narrow {
			row = []string{strings.Join(append(id, result...), "\n"), took(r)}
		}
		if statuses {
			row = append([]string{p.paint(r.Status, word(r.Status))}, row...)
		}
		rows = append(rows, row)
	}
	if statuses {
		header = append([]string{""}, header...)
	}
	return p.grid(header, rows, tw.AlignRight)
}

// maxReasons is how many causes are named as the reason of a probe; JSON has all.
const maxReasons = 2

// reason says why a probe was made: for which causes its answer differs.
func reason(r observe.Result) string {
	codes := strings.Split(r.Why, ", ")
	text := "decides " + strings.Join(codes[:min(len(codes), maxReasons)], ", ")
	if more := len(codes) - maxReasons; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// grid writes a table whose last column is aligned as given.
func (p *page) grid(header []string, rows [][]string, last tw.Align) error {
	align := make([]tw.Align, len(header))
	for i := range align {
		align[i] = tw.AlignLeft
	}
	align[len(align)-1] = last
	var b bytes.Buffer
	grid := newGrid(&b, header, align)
	for _, row := range rows {
		if err := grid.Append(row); err != nil {
			return err
		}
	}
	if err := grid.Render(); err != nil {
		return err
	}
	p.lines(strings.Split(b.String(), "\n")...)
	return nil
}
