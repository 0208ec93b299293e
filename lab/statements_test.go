package lab

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// unfounded are the sentences of a report about the world that no observation of that run
// supports.
func (o outcome) unfounded() (wrong []string) {
	seen := observe.All(o.results)
	observed, facts, everyPhrase := map[string]bool{}, map[string]bool{}, possiblePhrases()
	for _, row := range observe.Vocabulary() {
		for _, e := range seen[row.ID] {
			observed[row.Phrase(e.Value)] = true
		}
	}
	for _, r := range o.results {
		facts[r.ID+": "+r.Summary] = true
		for _, fact := range r.Evidence {
			facts[fact.Key+": "+fact.Value] = true
		}
	}
	verdict := diagnose.Diagnose(causes.Pod{}, o.results)
	for _, f := range verdict.Causes {
		for _, text := range slices.Concat(f.Evidence, f.Contradicts, f.Consequences) {
			if !observed[text] && !facts[text] {
				wrong = append(wrong, fmt.Sprintf("%s: %q was not observed", f.Code, text))
			}
		}
		for _, rival := range f.RuledOut {
			if text := baseless(f, rival, seen); text != "" && !maskedBeside(f, rival, verdict.Causes, seen) || !observed[rival.Because] {
				wrong = append(wrong, fmt.Sprintf("%s: %s is ruled out as %q: %s", f.Code, rival.Code, rival.Because, text))
			}
		}
	}
	for _, c := range clients.Table(seen) {
		for part := range strings.SplitSeq(c.Reason, "; ") {
			if everyPhrase[part] && !observed[part] {
				wrong = append(wrong, fmt.Sprintf("client %s: %q was not observed", c.Name, part))
			}
		}
	}
	return wrong
}

// baseless says why an observation does not rule a cause out: no form of it has another
// value of that subject, or the cause that is named has it as well.
func baseless(named diagnose.Finding, ruled diagnose.Excluded, seen observe.Set) string {
	excludes := func(code string) (some, every bool) {
		page, ok := causes.Lookup(code)
		if !ok {
			return false, false
		}
		every = true
		for _, form := range page.Forms {
			against := slices.ContainsFunc(slices.Concat(form.Needs, form.Must), func(x observe.Prediction) bool {
				value, looked := seen.Value(x.Subject)
				return x.Subject.ID == ruled.Subject && looked && !x.Fits(value, observe.RareMust)
			})
			some, every = some || against, every && against
		}
		return some, every
	}
	if some, _ := excludes(ruled.Code); !some {
		return "it has no other value"
	}
	if _, every := excludes(named.Code); every {
		return "so is what is named"
	}
	return ""
}

// maskedBeside says that another cause that is named shows the value, so that the one
// which is named would not.
func maskedBeside(named diagnose.Finding, ruled diagnose.Excluded, found []diagnose.Finding, seen observe.Set) bool {
	return slices.ContainsFunc(found, func(f diagnose.Finding) bool {
		page, ok := causes.Lookup(f.Code)
		return ok && f.Code != named.Code && slices.ContainsFunc(page.Forms, func(form causes.Form) bool {
			return slices.ContainsFunc(slices.Concat(form.Proof, form.Needs), func(x observe.Prediction) bool {
				value, looked := seen.Value(x.Subject)
				return x.Subject.ID == ruled.Subject && looked && x.Fits(value, observe.RareMust)
			})
		})
	})
}

// possiblePhrases are those of every word that may be observed.
func possiblePhrases() map[string]bool {
	all := map[string]bool{}
	for _, row := range observe.Vocabulary() {
		for _, word := range row.Words {
			all[row.Phrase(observe.Value{Word: word})] = true
		}
	}
	return all
}

// halfReasons contradict one form of a cause, while another one stays open as something was
// not looked at.
var halfReasons = map[string]string{
	"net.service-ips-dead as this pod does not use the host network": "a form of the host network; another one needs the API server's own address, which was not asked",
}

// sick is a world, the causes that are true in it, and what is seen there.
type sick struct {
	name  string
	truth []string
	world world
	seen  observe.Set
}

// sickWorlds are the faults of the lab and the worlds of the field that are answered rightly.
func sickWorlds() (list []sick) {
	for _, f := range Faults() {
		if !f.NonRoot {
			list = append(list, sick{name: f.Code, truth: []string{f.Code}, world: world{change: f.apply}})
		}
	}
	for _, w := range fieldWorlds() {
		s := sick{name: w.name, world: world{change: w.change, after: w.after}}
		if w.why == "" && len(w.right) == 1 { // or it is not known which is true
			s.truth = w.right
		}
		list = append(list, s)
	}
	return list
}

// shows says that this world has the symptoms too, each with the same value.
func (s sick) shows(symptoms []*observe.Row, as observe.Set) bool {
	return !slices.ContainsFunc(symptoms, func(row *observe.Row) bool {
		here, ok := s.seen.Value(row)
		there, _ := as.Value(row)
		return !ok || here != there
	})
}

// TestStatements goes through every sentence of evidence, of what contradicts and rules
// out, and of the table of clients: each is of an observation of that run. What rules a
// cause out is not so in a world where that cause is true and looks the same.
func TestStatements(t *testing.T) {
	worlds := sickWorlds()
	for i, s := range worlds {
		o := s.world.look(t)
		worlds[i].seen = observe.All(o.results)
		for _, wrong := range o.unfounded() {
			t.Errorf("%s: %s", s.name, wrong)
		}
	}
	compared, met := 0, map[string]bool{}
	for _, s := range worlds {
		for _, n := range slices.Concat(diagnose.Judge(causes.All(), s.seen).Problems...) {
			for _, rival := range n.RuledOut {
				value, _ := s.seen.Value(rival.By.Subject)
				for _, other := range worlds {
					if !slices.Contains(other.truth, rival.Code) || !other.shows(n.Explains, s.seen) {
						continue
					}
					compared++
					because := rival.Code + " as " + rival.By.Subject.Phrase(value)
					there, ok := other.seen.Value(rival.By.Subject)
					if ok && there == value && halfReasons[because] == "" {
						t.Errorf("%s: %s rules out %s, which is so where it is true: %s", s.name, n.Page.Code, because, other.name)
					} else if ok && there == value {
						met[because] = true
					}
				}
			}
		}
	}
	if compared == 0 {
		t.Error("no cause was ruled out that looks the same in another world")
	}
	for because := range halfReasons {
		if !met[because] {
			t.Errorf("nothing rules out %s any more", because)
		}
	}
}

// TestBaselessReasons holds the rule for what rules a cause out to account.
func TestBaselessReasons(t *testing.T) {
	seen := observe.Collect(func(log *observe.Log) {
		observe.APITCP.Saw(log, observe.Silent)
		observe.Control.Saw(log, observe.Answers)
		observe.NetSend.Saw(log, observe.Sent)
	})
	for _, test := range []struct{ named, ruled, subject, want string }{
		{"net.api-blocked", "net.egress-blocked", "net.control", ""},
		{"net.api-blocked", "net.egress-blocked", "env.host", "it has no other value"},
		{"net.api-blocked", "net.no-such-cause", "net.control", "it has no other value"},
		{"net.host-prohibited", "net.policy-rejects", "net.api.tcp", "so is what is named"},
	} {
		got := baseless(diagnose.Finding{Code: test.named}, diagnose.Excluded{Code: test.ruled, Subject: test.subject}, seen)
		if got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}
