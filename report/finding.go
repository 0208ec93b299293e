package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

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
	notSeenLabel  = "not seen"

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
		lines[0] = p.paint(p.report.statusOf(f.Check), f.Code) + rest
	}
	p.lines(lines...)
}

// remedyOf is the fix in a sentence: reports of earlier versions have none, nor has what
// somebody else's check has found.
func remedyOf(f diagnose.Finding) string {
	return cmp.Or(f.Remedy, explain(doctor, f), "not known")
}

// explain is the command that says all of a cause, "" where there is no page of it.
func explain(program string, f diagnose.Finding) string {
	if _, known := causes.Lookup(f.Code); !known {
		return ""
	}
	return program + " explain " + f.Code
}

// maxBrief is how many lines a finding takes that stands beside another one.
const maxBrief = 3

// brief writes the title and the fix of a finding that stands beside another one; it is
// the title that is cut where both are long.
func (p *page) brief(f diagnose.Finding) {
	fix := p.renderAll([]item{text(fixLabel, 0, remedyOf(f))})
	title := wrapIndented(titleOf(f), p.width, "", "  ")
	if len(title)+len(fix) > maxBrief && p.width >= narrow {
		title = []string{cut(titleOf(f), p.width)}
	}
	p.titleLines(f, title)
	p.lines(fix...)
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
	if f.Confidence != causes.Certain {
		codes := []string{f.Code}
		for _, other := range instead {
			codes = append(codes, other.Code)
		}
		all = append(all, p.report.undecided(codes...)...)
	}
	if works := p.report.Verdict.Works; works != "" {
		all = append(all, text(worksLabel, 1, works))
	}
	all = append(all, appItems(p.report.clients())...)
	all = append(all, fixItems(f)...)
	return append(all, p.more(p.again, explain(p.program, f)))
}

// more names commands that say more, on one line if that is wide enough.
func (p *page) more(commands ...string) item {
	commands = slices.DeleteFunc(commands, func(c string) bool { return c == "" })
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

// fixItems are the fix in a sentence, and what to look at first.
func fixItems(f diagnose.Finding) []item {
	all := []item{text(fixLabel, 0, remedyOf(f))}
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
