package diagnose

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// draw makes a world in which a page's form is true: what it needs, and of the rest
// what chance leaves.
func draw(f causes.Form, random *rand.Rand) observe.Set {
	set := observe.Set{}
	see := func(x observe.Prediction) {
		if _, seen := set[x.Subject.ID]; !seen {
			set[x.Subject.ID] = []observe.Entry{{Value: x.Sample(random.IntN(8))}}
		}
	}
	for _, x := range f.Needs {
		see(x)
	}
	if len(f.Needs) == 0 && len(f.Proof) > 0 {
		see(f.Proof[random.IntN(len(f.Proof))])
	}
	for _, x := range slices.Concat(f.Proof, f.Must, f.Usual) {
		if random.IntN(2) == 0 {
			see(x)
		}
	}
	return set
}

func isSymptom(set observe.Set) bool { return len(valuesOf(set).symptoms()) > 0 }

// TestOwnPredictions draws worlds from each page: whatever is missing, the page is
// among those named, and no other cause is certain.
func TestOwnPredictions(t *testing.T) {
	const draws = 60
	for _, page := range causes.All() {
		t.Run(page.Code, func(t *testing.T) {
			if len(page.Forms) == 0 {
				t.Fatal("the page predicts nothing")
			}
			random := rand.New(rand.NewPCG(1, 2))
			for i, form := range page.Forms {
				drawn := 0
				for range draws {
					set := draw(form, random)
					if !isSymptom(set) {
						continue
					}
					drawn++
					j := Judge(causes.All(), set)
					named := slices.Concat(j.Problems...)
					if !slices.ContainsFunc(named, func(n Named) bool { return n.Page.Code == page.Code || n.Page.Code == page.Special }) {
						t.Fatalf("form %d: %v: got %s, want %s among them", i, set, codes(named), page.Code)
					}
					for _, n := range named {
						if n.Confidence == causes.Certain && n.Page.Code != page.Code {
							t.Errorf("form %d: %v: %s is certain", i, set, n.Page.Code)
						}
					}
				}
				if drawn == 0 {
					t.Errorf("form %d shows no symptom", i)
				}
			}
		})
	}
}

func codes(named []Named) (list []string) {
	for _, n := range named {
		list = append(list, n.Page.Code+" "+string(n.Confidence))
	}
	return list
}

// TestEverySymptomIsExplained demands a page for each unhealthy value of each symptom.
func TestEverySymptomIsExplained(t *testing.T) {
	for _, r := range observe.Vocabulary() {
		if !r.Symptom {
			continue
		}
		for _, value := range unhealthy(r) {
			explained := slices.ContainsFunc(causes.All(), func(p *causes.Page) bool {
				predictions := slices.Clone(p.Consequences)
				for _, f := range p.Forms {
					predictions = slices.Concat(predictions, f.Proof, f.Needs, f.Must, f.Usual)
				}
				return slices.ContainsFunc(predictions, func(x observe.Prediction) bool {
					return x.Subject == r && x.Fits(value, observe.RareMust)
				})
			})
			if !explained {
				t.Errorf("%s: no page explains %+v", r.ID, value)
			}
		}
	}
}

func unhealthy(r *observe.Row) (list []observe.Value) {
	switch r.Kind {
	case observe.KindWord:
		for _, w := range r.Words {
			list = append(list, observe.Value{Word: w})
		}
	case observe.KindFlag:
		list = []observe.Value{{Word: "yes"}, {Word: "no"}}
	case observe.KindCount:
		list = []observe.Value{{N: 1, Of: 8}, {N: 4, Of: 8}, {N: 8, Of: 8}}
	case observe.KindNumber:
		list = []observe.Value{{N: 1}, {N: 7}}
	}
	return slices.DeleteFunc(list, func(v observe.Value) bool { return !r.Unhealthy(v) })
}

// TestCausesSeparate demands, of every two causes that explain the same symptom, a
// subject that excludes one of them, a way to confirm, or that one is a special
// case of the other.
func TestCausesSeparate(t *testing.T) {
	all := causes.All()
	for i, a := range all {
		for _, b := range all[i+1:] {
			if !slices.ContainsFunc(owned(a), func(r *observe.Row) bool { return slices.Contains(owned(b), r) }) {
				continue
			}
			if a.Special != b.Code && b.Special != a.Code && !a.Confirm.Known() && !b.Confirm.Known() && !separate(a, b) {
				t.Errorf("%s and %s explain the same, and nothing distinguishes them", a.Code, b.Code)
			}
		}
	}
}

// owned are the symptoms that a cause shows by itself.
func owned(p *causes.Page) (list []*observe.Row) {
	for _, f := range p.Forms {
		for _, x := range slices.Concat(f.Proof, f.Needs) {
			if x.Subject.Symptom && !slices.Contains(list, x.Subject) {
				list = append(list, x.Subject)
			}
		}
	}
	return list
}

func separate(a, b *causes.Page) bool {
	for _, f := range a.Forms {
		for _, g := range b.Forms {
			if !slices.ContainsFunc(slices.Concat(f.Proof, demands(f)), func(x observe.Prediction) bool {
				return slices.ContainsFunc(slices.Concat(g.Proof, demands(g)), func(y observe.Prediction) bool { return x.Subject == y.Subject && x.Excludes(y) })
			}) {
				return false
			}
		}
	}
	return true
}

// TestHostileReport bounds the time for a report with nonsense in every subject.
func TestHostileReport(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		set := observe.Set{}
		for _, r := range observe.Vocabulary() {
			if values := unhealthy(r); len(values) > 0 {
				set[r.ID] = []observe.Entry{{Value: values[random.IntN(len(values))]}}
			} else if len(r.Words) > 0 {
				set[r.ID] = []observe.Entry{{Value: observe.Value{Word: r.Words[random.IntN(len(r.Words))]}}}
			}
		}
		start := time.Now()
		Judge(causes.All(), set)
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("the verdict took %s", took)
		}
	}
}

func BenchmarkDiagnose(b *testing.B) {
	set := observe.Collect(func(log *observe.Log) {
		observe.APITCP.Saw(log, observe.Silent)
		observe.APIFails.Saw(log, 1, 1)
		observe.Control.Saw(log, observe.Answers)
		observe.NetNextHop.Saw(log, observe.HopKnown)
	})
	for b.Loop() {
		Judge(causes.All(), set)
	}
}
