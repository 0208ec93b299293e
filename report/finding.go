package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
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

// The labels of a finding, in the order in which they stand.
const (
	seenLabel     = "seen"
	unusualLabel  = "unusual"
	ruledOutLabel = "ruled out"
	orLabel       = "or"
	confirmLabel  = "confirm"
	worksLabel    = "works"
	appLabel      = "your app"
	fixLabel      = "fix"
	moreLabel     = "more"

	labelWidth = len(ruledOutLabel)
)

// verdict writes what is wrong, the first cause as fully as the screen allows, with what
// remains possible instead of it, and those that are true beside it in a few lines each.
func (p *page) verdict() {
	v := p.report.Verdict
	if len(v.Causes) == 0 && len(v.Unexplained) == 0 {
		p.well()
		return
	}
	if len(v.Causes) > 0 {
		first := v.Causes[0]
		var alternatives, others []diagnose.Finding
		for _, f := range v.Causes[1:] {
			switch {
			case !f.Alternative:
				others = append(others, f)
			case f.Problem == first.Problem:
				alternatives = append(alternatives, f)
			}
		}
		p.title(first)
		p.items(p.itemsOf(first, alternatives))
		p.lines("")
		for _, f := range others {
			p.brief(f)
			p.lines("")
		}
	}
	for i, u := range v.Unexplained {
		p.unexplained(u, i == 0 && len(v.Causes) == 0)
		p.lines("")
	}
}

// well writes the verdict where nothing is wrong.
func (p *page) well() {
	text := p.report.Verdict.Summary
	if p.report.healthy() {
		text = "healthy: " + text
	}
	if text != "" {
		p.lines(wrapIndented(text, p.width, "", "  ")...)
	}
}

// title writes the code, how sure it is, and what is wrong.
func (p *page) title(f diagnose.Finding) {
	p.titleLines(f, wrapIndented(titleOf(f), p.width, "", "  "))
}

func titleOf(f diagnose.Finding) string {
	return singleLine(fmt.Sprintf("%s (%s): %s", f.Code, f.Confidence, f.Title))
}

func (p *page) titleLines(f diagnose.Finding, lines []string) {
	if rest, ok := strings.CutPrefix(lines[0], f.Code); ok {
		lines[0] = p.paint(p.statusOf(f.Check), f.Code) + rest
	}
	p.lines(lines...)
}

func (p *page) statusOf(check string) observe.Status {
	for _, r := range p.report.Results {
		if r.ID == check {
			return r.Status
		}
	}
	return ""
}

// maxBrief is how many lines a finding takes that stands beside another one.
const maxBrief = 3

// brief writes the title and the fix of a finding that stands beside another one; it is
// the title that is cut where both are long.
func (p *page) brief(f diagnose.Finding) {
	fix := p.renderAll([]item{text(fixLabel, 0, cmp.Or(f.Remedy, "k8sdoctor explain "+f.Code))})
	title := wrapIndented(titleOf(f), p.width, "", "  ")
	if len(title)+len(fix) > maxBrief && p.width >= narrow {
		title = []string{cut(titleOf(f), p.width)}
	}
	p.titleLines(f, title)
	p.lines(fix...)
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

// itemsOf is all that is to say of a cause, and of those that remain possible instead.
func (p *page) itemsOf(f diagnose.Finding, instead []diagnose.Finding) []item {
	var all []item
	for i, seen := range f.Evidence[:min(len(f.Evidence), 4)] {
		all = append(all, text(seenLabel, []int{1, 4, 6, 8}[i], seen))
	}
	for _, unusual := range f.Contradicts[:min(len(f.Contradicts), 1)] {
		all = append(all, text(unusualLabel, 5, unusual))
	}
	for i, rival := range nearestRivals(f) {
		all = append(all, text(ruledOutLabel, 5+2*i, rival.Code+": "+rival.Because))
	}
	all = append(all, possible(f, instead)...)
	if works := p.report.Verdict.Works; works != "" {
		all = append(all, text(worksLabel, 1, works))
	}
	all = append(all, appItems(p.report.clients())...)
	all = append(all, fixItems(f)...)
	return append(all, p.more(p.again, "k8sdoctor explain "+f.Code))
}

// more names commands that say more, on one line if that is wide enough.
func (p *page) more(commands ...string) item {
	if all := strings.Join(commands, "; "); columns(all) <= p.width-columns(p.label(moreLabel)) {
		return text(moreLabel, 0, all)
	}
	return text(moreLabel, 0, commands...)
}

// maxRivals is how many causes that were ruled out are named.
const maxRivals = 2

// nearestRivals are the causes ruled out that come first: those of the finding's layer.
func nearestRivals(f diagnose.Finding) []diagnose.Excluded {
	far := func(e diagnose.Excluded) int {
		if causes.LayerOf(e.Code) == causes.LayerOf(f.Code) {
			return 0
		}
		return 1
	}
	rivals := slices.SortedStableFunc(slices.Values(f.RuledOut), func(a, b diagnose.Excluded) int { return far(a) - far(b) })
	return rivals[:min(len(rivals), maxRivals)]
}

// maxAlternatives is how many causes that remain possible are named with their titles.
const maxAlternatives = 2

// possible are the causes that remain instead of one, and how to confirm it or the first
// of them; where it is more likely than they are, they matter less than how to fix it.
func possible(f diagnose.Finding, instead []diagnose.Finding) []item {
	rank := 2
	if f.Confidence != causes.Possible {
		rank = 5
	}
	var all []item
	var others []string
	for i, other := range instead {
		if i < maxAlternatives {
			all = append(all, text(orLabel, rank+2*i, other.Code+": "+other.Title))
		} else {
			others = append(others, other.Code)
		}
	}
	if len(others) > 0 {
		all = append(all, text(orLabel, rank+4, strings.Join(others, ", ")))
	}
	for _, candidate := range append([]diagnose.Finding{f}, instead...) {
		if candidate.Confirm.Known() {
			return append(all, confirmItem(candidate.Confirm, rank+1))
		}
	}
	return all
}

func confirmItem(c causes.Confirm, rank int) item {
	it := item{label: confirmLabel, rank: rank, lines: []line{{text: c.Question()}}}
	if c.Command != "" {
		it.lines = append(it.lines, line{c.Command, true})
	}
	return it
}

// maxApps is how many clients that fail are shown with their words, beside client-go.
const maxApps = 2

// appItems say how clients fare, where one fails: client-go, two others with what they
// print, and the names of the rest. A client is not shown that repeats the words of another.
func appItems(all []clients.Client) []item {
	fails := func(c clients.Client) bool { return c.Outcome == clients.Fails || c.MayFail() }
	if !slices.ContainsFunc(all, fails) {
		return nil
	}
	var items []item
	words := ""
	if first := all[0]; first.Outcome != clients.Unknown || fails(first) {
		words = inWords(first)
		items = append(items, text(appLabel, 2, first.Name+": "+words))
	}
	var telling []clients.Client
	var failing []string
	for _, c := range all[1:] {
		if !fails(c) {
			continue
		}
		failing = append(failing, c.Name)
		if c.Error != "" && len(telling) < maxApps && (words == "" || !strings.Contains(inWords(c), words)) {
			telling = append(telling, c)
		}
	}
	if len(failing) == 0 {
		return items
	}
	everyone := len(failing) == len(all)-1
	rest := item{label: appLabel, rank: 4}
	for n := len(telling); n >= 0; n-- {
		lines := otherApps(telling[:n], failing, everyone)
		if rest.lines == nil {
			rest.lines = lines
		} else {
			rest.shorter = append(rest.shorter, lines)
		}
	}
	return append(items, rest)
}

// otherApps are lines of some clients with their words, and of the others that fail.
func otherApps(shown []clients.Client, failing []string, everyone bool) (lines []line) {
	left := slices.Clone(failing)
	for _, c := range shown {
		lines = append(lines, line{text: c.Name + ": " + inWords(c)})
		left = slices.DeleteFunc(left, func(name string) bool { return name == c.Name })
	}
	switch {
	case len(left) > 2 && everyone:
		lines = append(lines, line{text: "the other clients fail too"})
	case len(left) > 0:
		lines = append(lines, line{text: "others that fail: " + strings.Join(left, ", ")})
	}
	return lines
}

// inWords is what a client prints, or how it fares.
func inWords(c clients.Client) string {
	first, _, _ := strings.Cut(c.Error, "; or ")
	if !strings.HasSuffix(first, "x509: ...") && !strings.HasSuffix(first, "reason: ...") { // the word would stand alone
		first = strings.TrimSuffix(first, ": ...")
	}
	switch {
	case c.MayFail():
		return "can fail: " + first
	case first != "":
		return first
	case c.Outcome == clients.Remark:
		return "works: " + c.Reason
	case c.Reason != "":
		return string(c.Outcome) + ": " + c.Reason
	}
	return string(c.Outcome)
}

// fixItems are the fix in a sentence, and what to look at first.
func fixItems(f diagnose.Finding) []item {
	all := []item{text(fixLabel, 0, cmp.Or(f.Remedy, "not known"))}
	look, ok := causes.Fix{Blanks: f.Blanks, Steps: f.Steps}.First()
	if !ok {
		return all
	}
	it := text(fixLabel, 3, "first: "+look.Question())
	for _, command := range look.Commands {
		it.lines = append(it.lines, line{command, true})
	}
	return append(all, it)
}

// unexplained writes a result that no known cause explains.
func (p *page) unexplained(u diagnose.Unexplained, whole bool) {
	p.lines(wrapIndented("no known cause explains "+u.ID+": "+u.Summary, p.width, "", "  ")...)
	if !whole {
		return
	}
	var all []item
	for _, r := range p.report.Results {
		if r.ID == u.ID {
			for i, fact := range r.Evidence[:min(len(r.Evidence), 4)] {
				all = append(all, text(seenLabel, 1+2*i, fact.Key+": "+fact.Value))
			}
		}
	}
	for i, near := range u.Nearest {
		all = append(all, text(ruledOutLabel, 2+2*i, near.Code+": "+near.Because))
	}
	if works := p.report.Verdict.Works; works != "" {
		all = append(all, text(worksLabel, 1, works))
	}
	all = append(all, appItems(p.report.clients())...)
	p.items(append(all, p.more(p.again)))
}
