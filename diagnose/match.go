package diagnose

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// values are what was seen of each subject, the value that counts.
type values map[string]observe.Value

func valuesOf(seen observe.Set) values {
	v := make(values, len(seen))
	for _, r := range observe.Vocabulary() {
		if value, ok := seen.Value(r); ok {
			v[r.ID] = value
		}
	}
	return v
}

// Unwell says that something was seen that wants an explanation.
func Unwell(seen observe.Set) bool {
	return slices.ContainsFunc(observe.Vocabulary(), func(r *observe.Row) bool {
		value, ok := seen.Value(r)
		return ok && r.Unhealthy(value)
	})
}

// symptoms are the subjects that want an explanation, in the order of the
// vocabulary.
func (v values) symptoms() []*observe.Row {
	var found []*observe.Row
	for _, r := range observe.Vocabulary() {
		if value, ok := v[r.ID]; ok && r.Unhealthy(value) {
			found = append(found, r)
		}
	}
	return found
}

// match is how one form of a page stands to what was seen.
type match struct {
	page    *causes.Page
	order   int // of the page
	prior   causes.Prior
	form    causes.Form
	fits    []observe.Prediction // seen as predicted
	broken  []observe.Prediction // seen, and otherwise than it must be
	missed  []observe.Prediction // seen, and otherwise than it usually is
	unseen  []observe.Prediction // needed, and not seen
	bits    float64              // how much the values that fit say
	proven  bool
	absent  bool            // what it needs was seen to be otherwise
	doubted bool            // something keeps it from being likely
	covers  map[string]bool // symptoms that it explains
	owns    map[string]bool // those of them that are its own, and not merely brought about
	shows   map[string]bool // subjects whose value it predicts
}

// matchForm compares a form, and what its page brings about, with what was seen.
func matchForm(p *causes.Page, order int, f causes.Form, v values) match {
	m := match{page: p, order: order, prior: f.Prior, form: f, covers: map[string]bool{}, owns: map[string]bool{}, shows: map[string]bool{}}
	unproven, disproven := m.compare(f.Proof, v, observe.RareMust, true)
	m.proven = len(m.fits) > 0
	if len(f.Needs) == 0 && !m.proven { // a form that only proofs speak for
		m.unseen = append(unproven, disproven...)
	}
	unseen, otherwise := m.compare(f.Needs, v, observe.RareMust, true)
	m.unseen, m.absent = append(m.unseen, unseen...), len(otherwise) > 0
	_, broken := m.compare(f.Must, v, observe.RareMust, true)
	m.broken = append(otherwise, broken...)
	_, m.missed = m.compare(f.Usual, v, observe.RareUsual, false)
	for _, x := range f.Doubt {
		value, ok := v[x.Subject.ID]
		m.doubted = m.doubted || ok && !x.Fits(value, observe.RareUsual)
	}
	for _, x := range p.Consequences {
		if value, ok := v[x.Subject.ID]; ok && x.Fits(value, observe.RareMust) && x.Subject.Unhealthy(value) {
			m.covers[x.Subject.ID], m.shows[x.Subject.ID] = true, true
		}
	}
	return m
}

// compare notes the predictions that came true, and returns those on which nothing was
// seen, and those of which something else was.
func (m *match) compare(list []observe.Prediction, v values, rare float64, own bool) (unseen, otherwise []observe.Prediction) {
	for _, x := range list {
		switch value, ok := v[x.Subject.ID]; {
		case !ok:
			unseen = append(unseen, x)
		case x.Fits(value, rare):
			m.fit(x, value, own)
		default:
			otherwise = append(otherwise, x)
		}
	}
	return unseen, otherwise
}

// fit notes a prediction that came true.
func (m *match) fit(x observe.Prediction, value observe.Value, own bool) {
	m.fits = append(m.fits, x)
	m.shows[x.Subject.ID] = true
	if !x.Subject.Usual(value) {
		m.bits += x.Bits()
	}
	if x.Subject.Unhealthy(value) {
		m.covers[x.Subject.ID] = true
		if own {
			m.owns[x.Subject.ID] = true
		}
	}
}

// able says that the form could be part of an explanation: what it needs was seen,
// and a symptom is its own. What it must show may be masked by another cause.
func (m match) able() bool { return len(m.owns) > 0 && len(m.unseen) == 0 && !m.absent }

// matchAll returns every form that explains a symptom, in the order of the pages.
func matchAll(pages []*causes.Page, v values) []match {
	var all []match
	for i, p := range pages {
		for _, f := range p.Forms {
			if m := matchForm(p, i, f, v); len(m.covers) > 0 {
				all = append(all, m)
			}
		}
	}
	return all
}

func (m match) coversAny(symptoms []*observe.Row) bool {
	return slices.ContainsFunc(symptoms, func(r *observe.Row) bool { return m.covers[r.ID] })
}
