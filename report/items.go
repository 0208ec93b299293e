package report

import (
	"fmt"
	"slices"
	"strings"
)

// item is a part of a finding that is shown whole or not at all.
type item struct {
	label string
	lines []line
	// shorter are shown where lines do not fit, the first of them that does.
	shorter [][]line
	rank    int // 0 is always shown; the higher, the sooner it is left out
}

// line is a text that is wrapped, or a command that never is.
type line struct {
	text    string
	command bool
}

// label is the beginning of a line.
func (p *page) label(name string) string {
	if p.width < narrow {
		return "  " + name + ": "
	}
	return fmt.Sprintf("  %-*s%s", labelWidth, name, gap)
}

// items writes as many as fit on the screen, together with what stands there and the last
// line, the most important ones first.
func (p *page) items(all []item) {
	const below = 2 // an empty line, and the count
	room := screenLines - p.height() - below
	var chosen []int
	for _, i := range byRank(all) {
		fits := func() bool { return height(p.render(all, append(chosen, i)), p.width) <= room }
		for ; len(all[i].shorter) > 0 && !fits(); all[i].shorter = all[i].shorter[1:] {
			all[i].lines = all[i].shorter[0]
		}
		if all[i].rank == 0 || fits() {
			chosen = append(chosen, i)
		}
	}
	p.lines(p.render(all, chosen)...)
}

func byRank(all []item) []int {
	order := make([]int, len(all))
	for i := range all {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return all[a].rank - all[b].rank })
	return order
}

// render returns the lines of the items of these numbers, in their own order.
func (p *page) render(all []item, numbers []int) []string {
	var lines []string
	before := ""
	for i, it := range all {
		if !slices.Contains(numbers, i) {
			continue
		}
		first := p.label(it.label)
		others := strings.Repeat(" ", columns(first))
		if p.width < narrow {
			others = "    "
		}
		if it.label == before {
			first = others
		}
		before = it.label
		for _, l := range it.lines {
			if l.command {
				lines = append(lines, "    "+l.text)
				continue
			}
			lines = append(lines, wrapIndented(l.text, p.width, first, others)...)
			first = others
		}
	}
	return lines
}

func text(label string, rank int, texts ...string) item {
	it := item{label: label, rank: rank}
	for _, t := range texts {
		it.lines = append(it.lines, line{text: t})
	}
	return it
}
