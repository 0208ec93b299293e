package diagnose

import (
	"cmp"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// set is an explanation: causes that are true together.
type set []match

// covers says that the causes together explain all the symptoms.
func (s set) covers(symptoms []*observe.Row) bool {
	return !slices.ContainsFunc(symptoms, func(r *observe.Row) bool {
		return !slices.ContainsFunc(s, func(m match) bool { return m.covers[r.ID] })
	})
}

// holds says that nothing contradicts the set: what one member must not show is
// shown by another, which masks it.
func (s set) holds() bool {
	for _, m := range s {
		for _, x := range m.broken {
			if !slices.ContainsFunc(s, func(o match) bool { return o.page.Code != m.page.Code && o.shows[x.Subject.ID] }) {
				return false
			}
		}
	}
	return true
}

// idle says that the set explains as much without one of its members.
func (s set) idle(symptoms []*observe.Row) bool {
	for i := range s {
		if len(s) > 1 && slices.Concat(s[:i], s[i+1:]).covers(symptoms) {
			return true
		}
	}
	return false
}

// What speaks against an explanation, in bits: each value that is unusual for its
// cause, and each step by which a cause is rarer than a common one.
const (
	unusual = 3.0
	rarer   = 2.0
)

// weight is how well the set fits: what its values say, less what speaks against.
func (s set) weight() (w float64) {
	for _, m := range s {
		w += m.bits - unusual*float64(len(m.missed)) - rarer*float64(causes.Common-m.prior)
	}
	return w
}

func (s set) order() (n int) {
	for _, m := range s {
		n += m.order
	}
	return n
}

// has says that the cause, or a special case of it, is part of the set.
func (s set) has(code string) bool {
	return slices.ContainsFunc(s, func(m match) bool { return m.page.Code == code || m.page.Special == code })
}

const (
	// maxCauses is how many independent causes one explanation may have.
	maxCauses = 3
	// maxForms bounds the forms that one search considers, so that a hostile report
	// costs milliseconds.
	maxForms = 20
)

// proven says that one observation proves each member.
func (s set) proven() bool {
	return !slices.ContainsFunc(s, func(m match) bool { return !m.proven })
}

// explanations are the smallest sets without an idle member that explain all the
// symptoms and that nothing contradicts, the best first.
func explanations(all []match, symptoms []*observe.Row) []set {
	s := search{forms: strongest(all, symptoms), symptoms: symptoms}
	for size := 1; size <= maxCauses && len(s.found) == 0; size++ {
		s.choose(nil, 0, size)
	}
	if slices.ContainsFunc(s.found, set.proven) { // what is proven leaves nothing else open
		s.found = slices.DeleteFunc(s.found, func(s set) bool { return !s.proven() })
	}
	slices.SortStableFunc(s.found, func(a, b set) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.order(), b.order()))
	})
	return s.found
}

// strongest are the forms that could be part of an explanation; of too many, those
// that nothing contradicts, and that explain most.
func strongest(all []match, symptoms []*observe.Row) []match {
	var able []match
	for _, m := range all {
		if m.able() && m.coversAny(symptoms) {
			able = append(able, m)
		}
	}
	if len(able) <= maxForms {
		return able
	}
	slices.SortStableFunc(able, func(a, b match) int {
		return cmp.Or(cmp.Compare(len(a.broken), len(b.broken)), cmp.Compare(len(b.covers), len(a.covers)), cmp.Compare(set{b}.weight(), set{a}.weight()))
	})
	able = able[:maxForms]
	slices.SortStableFunc(able, func(a, b match) int { return cmp.Compare(a.order, b.order) })
	return able
}

type search struct {
	forms    []match
	symptoms []*observe.Row
	found    []set
}

// choose adds forms from the given one on until the set has its size.
func (s *search) choose(chosen set, from, size int) {
	if len(chosen) == size {
		if chosen.covers(s.symptoms) && chosen.holds() && !chosen.idle(s.symptoms) {
			s.found = append(s.found, slices.Clone(chosen))
		}
		return
	}
	for i := from; i < len(s.forms); i++ {
		next := s.forms[i]
		same := slices.ContainsFunc(chosen, func(m match) bool { return m.page.Code == next.page.Code })
		if !same && s.explainsMore(chosen, next) {
			s.choose(append(slices.Clone(chosen), next), i+1, size)
		}
	}
}

func (s *search) explainsMore(chosen set, next match) bool {
	return slices.ContainsFunc(s.symptoms, func(r *observe.Row) bool {
		return next.covers[r.ID] && !chosen.covers([]*observe.Row{r})
	})
}

// problems splits the symptoms into groups that no cause has in common: each is a
// problem of its own.
func problems(all []match, symptoms []*observe.Row) [][]*observe.Row {
	group := map[string]int{}
	for i, r := range symptoms {
		group[r.ID] = i
	}
	for _, m := range all {
		if !m.able() {
			continue
		}
		first := -1
		for _, r := range symptoms {
			switch {
			case !m.covers[r.ID]:
			case first < 0:
				first = group[r.ID]
			default:
				join(group, group[r.ID], first)
			}
		}
	}
	var parts [][]*observe.Row
	for i := range symptoms {
		var part []*observe.Row
		for _, r := range symptoms {
			if group[r.ID] == i {
				part = append(part, r)
			}
		}
		if len(part) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

func join(group map[string]int, from, to int) {
	for id, g := range group {
		if g == from {
			group[id] = to
		}
	}
}
