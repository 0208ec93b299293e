package report

import (
	"io"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter/tw"

	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Wide writes all that a run has seen, for people: every check and probe, what each has
// observed, how every client fares, and each cause with the whole fix.
func Wide(w io.Writer, r Report, opts Options) error {
	p := newPage(r, opts)
	p.header()
	if launch := p.renderAll(r.launchItems()); len(launch) > 0 {
		p.lines(append(launch, "")...)
	}
	if err := p.listings(); err != nil {
		return err
	}
	p.fullVerdict()
	p.lines("started " + r.Started.UTC().Format(time.RFC3339))
	p.lines(wrap(p.count(), p.width)...)
	_, err := w.Write(p.out.Bytes())
	return err
}

// listings writes the tables: checks, probes, clients and observations.
func (p *page) listings() error {
	if len(p.report.Results) == 0 {
		p.lines("no check has run", "")
		return nil
	}
	made, probes := split(p.report.Results)
	if err := p.listing("CHECK", made, true); err != nil {
		return err
	}
	if err := p.listing("PROBES", probes, false); err != nil {
		return err
	}
	if err := p.observations(); err != nil {
		return err
	}
	return p.clientTable()
}

// observations writes what each result rests on.
func (p *page) observations() error {
	var cells [][]string
	nameWidth := len("OBSERVATION")
	seen := observe.All(p.report.Results)
	var list [][2]string
	for _, r := range p.report.Results {
		for _, fact := range r.Evidence {
			list = append(list, [2]string{r.ID, fact.Key + ": " + fact.Value})
		}
	}
	for _, row := range observe.Vocabulary() {
		for _, e := range seen[row.ID] {
			value := row.Shown(e.Value)
			if e.At != "" {
				value = e.At + ": " + value
			}
			list = append(list, [2]string{row.ID, value})
		}
	}
	if len(list) == 0 {
		return nil
	}
	for _, o := range list {
		nameWidth = max(nameWidth, min(columns(singleLine(o[0])), p.width/3))
	}
	before := ""
	for _, o := range list {
		name := o[0]
		if name == before {
			name = ""
		}
		before = o[0]
		if p.width < narrow {
			cells = append(cells, []string{strings.Join(append(wrap(o[0], p.width), wrapIndented(o[1], p.width, "  ", "  ")...), "\n")})
			continue
		}
		cells = append(cells, []string{strings.Join(wrap(name, nameWidth), "\n"), strings.Join(wrap(o[1], p.width-nameWidth-len(gap)), "\n")})
	}
	header := []string{"OBSERVATION", "VALUE"}
	if p.width < narrow {
		header = header[:1]
	}
	return p.grid(header, cells, tw.AlignLeft)
}

// fullVerdict writes a block for each cause, the best first, and for each result that no
// cause explains.
func (p *page) fullVerdict() {
	v := p.report.Verdict
	if len(v.Causes) == 0 && len(v.Unexplained) == 0 {
		p.well()
		p.lines("")
		return
	}
	if v.Works != "" {
		p.lines(wrapIndented(v.Works, p.width, "", "  ")...)
		p.lines("")
	}
	under := map[string]string{} // a step of a fix to the code under which it stands
	for _, f := range v.Causes {
		p.title(f)
		p.lines(p.renderAll(fullItems(f))...)
		p.fix(f, under)
		p.lines("")
	}
	for _, u := range v.Unexplained {
		p.lines(wrapIndented("no known cause explains "+u.ID+": "+u.Summary, p.width, "", "  ")...)
		var all []item
		for _, near := range u.Nearest {
			all = append(all, text(ruledOutLabel, 0, near.Code+": "+near.Because))
		}
		p.lines(p.renderAll(all)...)
		p.lines("")
	}
}

func (p *page) renderAll(all []item) []string {
	numbers := make([]int, len(all))
	for i := range all {
		numbers[i] = i
	}
	return p.render(all, numbers)
}

// fullItems is all that is to say of a cause, but for its fix.
func fullItems(f diagnose.Finding) []item {
	var all []item
	add := func(label string, texts ...string) {
		for _, t := range texts {
			all = append(all, text(label, 0, t))
		}
	}
	add(seenLabel, f.Evidence...)
	add(unusualLabel, f.Contradicts...)
	for _, rival := range f.RuledOut {
		add(ruledOutLabel, rival.Code+": "+rival.Because)
	}
	if f.Confirm.Known() {
		all = append(all, confirmItem(f.Confirm, 0))
	}
	add("explains", f.Consequences...)
	if f.Remedy != "" {
		add(fixLabel, f.Remedy)
	}
	return all
}

// fix writes the steps of a fix. What stands above already is named only.
func (p *page) fix(f diagnose.Finding, under map[string]string) {
	for _, step := range f.Fix {
		above, ok := under[step]
		if ok && strings.Contains(step, "\n") {
			p.lines(wrapIndented("the same step as for "+above+": "+firstLine(step), p.width, "# ", "#  ")...)
			continue
		}
		under[step] = f.Code
		p.step(step)
	}
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return strings.TrimPrefix(singleLine(first), "# ")
}

// step writes a command or YAML as it is, from the first column, to be copied, and wraps
// a comment.
func (p *page) step(step string) {
	if comment, ok := strings.CutPrefix(step, "# "); ok && !strings.Contains(step, "\n") {
		p.lines(wrapIndented(comment, p.width, "# ", "# ")...)
		return
	}
	for line := range strings.SplitSeq(step, "\n") {
		p.lines(line)
	}
}
