package causes

import (
	"slices"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// ofAnswers are the layers of what the API server answers.
var ofAnswers = []string{"token", "clock", "api", "kubectl-proxy", "internal"}

func TestEverySymptomOfAnswersIsExplained(t *testing.T) {
	var all Predictions
	for _, p := range All() {
		all = append(all, p.Consequences...)
		for _, f := range p.Forms {
			all = slices.Concat(all, f.Proof, f.Needs, f.Must, f.Usual)
		}
	}
	for _, r := range observe.Vocabulary() {
		if !r.Symptom || !slices.Contains(ofAnswers, LayerOf(r.ID)) {
			continue
		}
		values := []observe.Value{{N: 1, Of: 2}}
		if r.Kind == observe.KindFlag {
			values = []observe.Value{{Word: "yes"}, {Word: "no"}}
		}
		if r.Kind == observe.KindWord {
			values = nil
			for _, w := range r.Words {
				values = append(values, observe.Value{Word: w})
			}
		}
		for _, v := range values {
			if !r.Unhealthy(v) || mayNotBe(r.ID, v.Word) {
				continue
			}
			if !slices.ContainsFunc(all, func(p observe.Prediction) bool { return p.Subject == r && p.Fits(v, observe.RareMust) }) {
				t.Errorf("%s: no page explains %+v", r.ID, v)
			}
		}
	}
}

// mayNotBe says that a request has the word in common with others and cannot come
// to it: a review alone is unavailable, and a health check alone goes without a token.
func mayNotBe(id, word string) bool {
	return word == string(observe.Unavailable) && id != observe.TokenReview.ID || word == string(observe.NotAsked)
}

func TestFormsOfAnswersHoldTogether(t *testing.T) {
	for _, p := range All() {
		if !slices.Contains([]string{"token", "api", "kubectl-proxy", "internal"}, LayerOf(p.Code)) {
			continue
		}
		if len(p.Forms) == 0 {
			t.Errorf("%s has no form", p.Code)
		}
		for i, f := range p.Forms {
			if len(f.Proof)+len(f.Needs) == 0 {
				t.Errorf("%s, form %d: nothing has to be seen", p.Code, i)
			}
			list := slices.Concat(f.Proof, f.Needs, f.Must, f.Usual)
			for j, a := range list {
				for _, b := range list[j+1:] {
					if a.Subject == b.Subject && a.Excludes(b) {
						t.Errorf("%s, form %d: %s is to be %s and %s", p.Code, i, a.Subject.ID, a, b)
					}
				}
			}
		}
		if p.Alone != Certain && !p.Confirm.Known() {
			t.Errorf("%s: nothing decides it", p.Code)
		}
	}
}
