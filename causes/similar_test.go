package causes

import (
	"slices"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestSimilarCausesDiffer says that the forms of a page bear out what its text says of
// similar causes: an observation that both speak of tells them apart, or one has to show
// what the other never speaks of.
func TestSimilarCausesDiffer(t *testing.T) {
	compared := 0
	for _, page := range All() {
		for _, code := range wholeCode.FindAllString(page.Similar, -1) {
			other, ok := Lookup(code)
			if !ok || other.Code == page.Code || len(other.Forms) == 0 || len(page.Forms) == 0 {
				continue
			}
			compared++
			if !differs(page.Forms, other.Forms) && !differs(other.Forms, page.Forms) {
				t.Errorf("%s says how %s differs, and no observation does", page.Code, code)
			}
		}
	}
	if compared < len(All()) {
		t.Errorf("%d similar causes of %d pages were compared", compared, len(All()))
	}
}

// differs says that some form shows what each of the others excludes, or never speaks of.
func differs(some, others []Form) bool {
	return slices.ContainsFunc(some, func(f Form) bool {
		return !slices.ContainsFunc(others, func(o Form) bool { return !apart(f, o) })
	})
}

func apart(f, o Form) bool {
	of := func(list []observe.Prediction, x observe.Prediction) (same []observe.Prediction) {
		for _, y := range list {
			if y.Subject == x.Subject {
				same = append(same, y)
			}
		}
		return same
	}
	must := slices.Concat(o.Needs, o.Must)
	if len(o.Needs) == 0 { // the proof is all that speaks for it
		must = append(must, o.Proof...)
	}
	excludes := func(x observe.Prediction) bool {
		return slices.ContainsFunc(of(must, x), func(y observe.Prediction) bool {
			return slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5, 6, 7}, func(i int) bool { return !y.Fits(x.Sample(i), observe.RareMust) })
		})
	}
	alone := func(x observe.Prediction) bool {
		return len(of(slices.Concat(o.Proof, o.Needs, o.Must, o.Usual), x)) == 0
	}
	return slices.ContainsFunc(slices.Concat(f.Proof, f.Needs), alone) || slices.ContainsFunc(slices.Concat(f.Proof, f.Needs, f.Must), excludes)
}
