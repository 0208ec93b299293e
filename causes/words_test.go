package causes

import (
	"regexp"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// unplain are metaphors and old words that docs/style.md keeps out.
var unplain = regexp.MustCompile(`(?i)\b(ways?|walks?|seats?|mends?|mended|acquits?|authors?|lucky|strangers?|nobody|knocks?|service IPs? [a-z]+ nobody)\b`)

func TestTextsArePlain(t *testing.T) {
	check := func(where string, texts ...string) {
		for _, text := range texts {
			if word := unplain.FindString(text); word != "" {
				t.Errorf("%s: %q in %q; see docs/style.md", where, word, text)
			}
		}
	}
	for _, p := range All() {
		check(p.Code, p.Title, p.Remedy, p.Similar, p.Confirm.Text, p.Confirm.Where)
		for name, in := range inputs {
			for _, step := range in.FixOf(p).Steps {
				check(p.Code+", "+name, step.Text, step.Who, step.Where)
				for _, a := range step.Answers {
					check(p.Code+", "+name, a.If, a.Then)
				}
			}
		}
	}
	for _, r := range observe.Vocabulary() {
		check(r.ID, r.Means, r.Says)
		for _, word := range r.Words {
			check(r.ID, r.Phrase(observe.Value{Word: word}))
		}
	}
}

// TestRemediesAreOneSentence demands of each cause one, that begins with what to do.
func TestRemediesAreOneSentence(t *testing.T) {
	form := regexp.MustCompile(`^[a-z].*[^.]$`)
	for _, p := range All() {
		if !form.MatchString(p.Remedy) || len(p.Remedy) > 110 {
			t.Errorf("%s: %q (%d)", p.Code, p.Remedy, len(p.Remedy))
		}
	}
}
