package diagnose

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// splits are the subjects that were not observed and an observation of which would
// contradict one of the two.
func (j judgement) splits(a, b match) []*observe.Row {
	var found []*observe.Row
	for _, x := range demands(a.form) {
		if _, seen := j.v[x.Subject.ID]; seen || slices.Contains(found, x.Subject) {
			continue
		}
		for _, y := range demands(b.form) {
			if x.Subject == y.Subject && x.Excludes(y) {
				found = append(found, x.Subject)
				break
			}
		}
	}
	return found
}

// demands are the predictions of a form that can contradict it or speak against it.
func demands(f causes.Form) []observe.Prediction { return slices.Concat(f.Needs, f.Must, f.Usual) }

// Wanted is a subject that is not observed yet and that could distinguish causes, with
// the codes that it is wanted for.
type Wanted struct {
	Subject *observe.Row
	For     []string
}

// Undecided lists the subjects worth observing, from what has been seen so far. What
// is proven needs none.
func Undecided(pages []*causes.Page, seen observe.Set) []Wanted {
	v := valuesOf(seen)
	var wanted []Wanted
	all := matchAll(pages, v)
	for _, part := range problems(matchOpen(pages, v), v.symptoms()) {
		sets := explanations(all, part)
		if len(sets) > 0 && !slices.ContainsFunc(sets[0], func(m match) bool { return !m.proven }) {
			continue
		}
		left := slices.Concat(sets...)
		for _, m := range matchOpen(pages, v) { // those whose key evidence was not looked at yet stand as well
			if len(m.broken) == 0 && len(m.unseen) > 0 && m.coversAny(part) {
				left = append(left, m)
			}
		}
		j := judgement{all, sets, part, v}
		for _, m := range left {
			for _, r := range j.wants(m, left) {
				wanted = addWanted(wanted, r, m.page.Code)
			}
		}
	}
	return wanted
}

// matchOpen returns the forms that explain a symptom or could once more is seen.
func matchOpen(pages []*causes.Page, v values) []match { return matchAll(pages, v) }

// wants are the unobserved subjects of m that could contradict it or another one that
// is left: needed, or predicted otherwise by another, or not mentioned by it.
func (j judgement) wants(m match, left []match) []*observe.Row {
	var found []*observe.Row
	want := func(list []observe.Prediction, needed bool) {
		for _, x := range list {
			if _, seen := j.v[x.Subject.ID]; seen {
				continue
			}
			useful := needed || slices.ContainsFunc(left, func(o match) bool {
				return o.page.Code != m.page.Code && (slices.Contains(j.splits(m, o), x.Subject) || !mentions(o.form, x.Subject))
			})
			if useful {
				found = append(found, x.Subject)
			}
		}
	}
	want(m.form.Needs, true)
	want(m.form.Must, false)
	return found
}

func mentions(f causes.Form, r *observe.Row) bool {
	return slices.ContainsFunc(slices.Concat(f.Proof, demands(f)), func(x observe.Prediction) bool { return x.Subject == r })
}

func addWanted(list []Wanted, r *observe.Row, code string) []Wanted {
	for i, w := range list {
		if w.Subject == r {
			if !slices.Contains(w.For, code) {
				list[i].For = append(w.For, code)
			}
			return list
		}
	}
	return append(list, Wanted{r, []string{code}})
}
