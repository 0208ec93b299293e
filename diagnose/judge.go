package diagnose

import (
	"cmp"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Named is a cause that is named, and why.
type Named struct {
	Page       *causes.Page
	Confidence causes.Confidence
	// Explains are the symptoms that the cause accounts for.
	Explains []*observe.Row
	// Because was seen and is predicted; Against was seen and is unusual.
	Because, Against []observe.Prediction
	// Proves are those of Because of which one alone makes it certain.
	Proves []observe.Prediction
	// RuledOut are rivals that explain the same and that an observation contradicts.
	RuledOut []Rival
	// Alternative says that it is in no part of the best explanation.
	Alternative bool
}

// Rival is a cause that was ruled out, by what it predicts otherwise than it was seen.
type Rival struct {
	Code string
	By   observe.Prediction
}

// Judgement is what the observations mean: a group of causes for each problem, the
// best explanation first in each, and the symptoms that nothing explains.
type Judgement struct {
	Problems    [][]Named
	Unexplained []*observe.Row
	// Nearest are the pages that come closest to what nothing explains.
	Nearest []Rival
}

// Judge searches the pages for the causes of what was seen. It knows no code: all
// that distinguishes causes is on their pages.
func Judge(pages []*causes.Page, seen observe.Set) Judgement {
	v := valuesOf(seen)
	symptoms := v.symptoms()
	all := matchAll(pages, v)
	var j Judgement
	for _, part := range problems(all, symptoms) {
		sets := explanations(all, part)
		if len(sets) == 0 {
			j.Unexplained = append(j.Unexplained, part...)
			j.Nearest = append(j.Nearest, nearest(all, part)...)
			continue
		}
		j.Problems = append(j.Problems, judgement{all, sets, part, v}.named())
	}
	return j
}

// judgement is one problem and the explanations that are left.
type judgement struct {
	all      []match
	sets     []set
	symptoms []*observe.Row
	v        values
}

// named turns the explanations into causes: those of the best one first, then those
// that stand beside it.
func (j judgement) named() []Named {
	var found []Named
	for i, s := range j.sets {
		for _, m := range s {
			if slices.ContainsFunc(found, func(n Named) bool { return n.Page.Code == m.page.Code }) {
				continue
			}
			n := Named{Page: m.page, Confidence: j.confidence(m, i == 0), Because: m.fits, Proves: m.form.Proof, Against: m.missed, Alternative: i > 0}
			for _, r := range j.symptoms {
				if m.covers[r.ID] {
					n.Explains = append(n.Explains, r)
				}
			}
			if i == 0 {
				n.RuledOut = j.ruledOut(m)
			}
			found = append(found, n)
		}
	}
	return found
}

// confidence says how sure a cause is: certain by a proof; likely where it is in
// every explanation that is left, nothing that was seen casts doubt on it, and a
// rival was contradicted.
func (j judgement) confidence(m match, best bool) causes.Confidence {
	starved := j.v[observe.Starved.ID].Word == "yes"
	switch {
	case m.proven:
		return causes.Certain
	case m.page.Timed && starved, m.doubted:
		return causes.Possible
	case !best || slices.ContainsFunc(j.sets, func(s set) bool { return !s.has(m.page.Code) }):
		return causes.Possible
	case cmp.Or(m.form.Alone, m.page.Alone) != causes.Possible:
		return cmp.Or(m.form.Alone, m.page.Alone)
	case len(j.rivals(m)) == 0:
		return causes.Possible
	}
	return cmp.Or(m.form.Best, m.page.Best, causes.Likely)
}

// rivals are the forms of other causes that would explain what m shows by itself,
// were they not contradicted by a circumstance.
func (j judgement) rivals(m match) []match {
	var found []match
	for _, o := range j.all {
		if o.page.Code != m.page.Code && len(o.broken) > 0 && len(o.unseen) == 0 && j.wouldExplain(o, m) {
			found = append(found, o)
		}
	}
	return found
}

func (j judgement) wouldExplain(o, m match) bool {
	contradicted := map[string]bool{}
	for _, x := range o.broken {
		if x.Subject.Kind != observe.KindCount && x.Subject.Unhealthy(j.v[x.Subject.ID]) {
			return false // it would show itself by another symptom
		}
		contradicted[x.Subject.ID] = true
	}
	return !slices.ContainsFunc(j.symptoms, func(r *observe.Row) bool { return m.owns[r.ID] && !o.covers[r.ID] && !contradicted[r.ID] })
}

// ruledOut names the rivals of m that are in no explanation, each once, those that are
// met most often first.
func (j judgement) ruledOut(m match) []Rival {
	var found []Rival
	rivals := j.rivals(m)
	slices.SortStableFunc(rivals, func(a, b match) int { return int(b.prior - a.prior) })
	for _, o := range rivals {
		stands := slices.ContainsFunc(j.sets, func(s set) bool { return s.has(o.page.Code) })
		listed := slices.ContainsFunc(found, func(r Rival) bool { return r.Code == o.page.Code })
		if !stands && !listed {
			found = append(found, Rival{o.page.Code, o.broken[0]})
		}
	}
	return found
}

// maxNearest is how many pages are named for what nothing explains.
const maxNearest = 3

// nearest are the pages that explain something of it, with the fewest contradictions.
func nearest(all []match, symptoms []*observe.Row) []Rival {
	var near []match
	for _, m := range all {
		if m.coversAny(symptoms) && len(m.broken) > 0 {
			near = append(near, m)
		}
	}
	slices.SortStableFunc(near, func(a, b match) int { return len(a.broken) - len(b.broken) })
	var found []Rival
	for _, m := range near {
		if len(found) < maxNearest && !slices.ContainsFunc(found, func(r Rival) bool { return r.Code == m.page.Code }) {
			found = append(found, Rival{m.page.Code, m.broken[0]})
		}
	}
	return found
}
