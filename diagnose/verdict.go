// Package diagnose says what was observed means: which causes are behind it, how
// sure that is, and how to confirm it where others remain. A small engine searches
// the pages of package causes; it names no cause itself. It reads observations only,
// so that it diagnoses a saved report as it diagnoses a run.
package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Verdict is what the results mean.
type Verdict struct {
	Summary string `json:"summary"`
	// Works is what was shown to work, in one sentence; empty where nothing was.
	Works  string    `json:"works"`
	Causes []Finding `json:"causes"`
	// Unexplained are results that no known cause accounts for.
	Unexplained []Unexplained `json:"unexplained,omitempty"`
}

// Finding is a cause that a run has named.
type Finding struct {
	Code       string            `json:"code"`
	Confidence causes.Confidence `json:"confidence"`
	Title      string            `json:"title"`
	// Problem numbers what is wrong, from 1: findings of one number explain the same.
	Problem int `json:"problem"`
	// Alternative says that it is not part of the best explanation of its problem, and
	// remains possible instead of it.
	Alternative bool `json:"alternative"`
	// Check is the id of the result that it was found by; empty where none has failed
	// or warned for it.
	Check string `json:"check"`
	// Evidence is what was observed and speaks for it, the most telling first.
	Evidence []string `json:"evidence"`
	// Contradicts is what was observed and is unusual for it.
	Contradicts []string `json:"contradicts"`
	// RuledOut are causes that explain the same, and what contradicts them.
	RuledOut []Excluded `json:"ruledOut"`
	// Confirm is how to confirm it where it is only possible.
	Confirm causes.Confirm `json:"confirm,omitzero"`
	// Consequences are other results that this cause explains, as "id: summary".
	Consequences []string `json:"consequences"`
	// Remedy is the fix in one sentence.
	Remedy string `json:"remedy"`
	// Fix is the steps as texts to paste.
	Fix []string `json:"fix"`
	// Steps are the same for programs, and Blanks what their commands leave open.
	Steps  []causes.Step  `json:"steps"`
	Blanks []causes.Blank `json:"blanks"`
}

// Excluded is a cause that an observation contradicts.
type Excluded struct {
	Code string `json:"code"`
	// Because is what was seen, in words, and Subject what was looked at.
	Because string `json:"because"`
	Subject string `json:"subject"`
}

// Unexplained is a result that no known cause accounts for.
type Unexplained struct {
	ID      string `json:"id"`
	Summary string `json:"summary"`
	// Nearest are the causes that come closest, and what contradicts each.
	Nearest []Excluded `json:"nearest"`
}

// Diagnose names the causes behind the results of one run, best first: failures
// before warnings, and each in the order of the layers.
func Diagnose(pod causes.Pod, results []observe.Result) Verdict {
	r := run{in: causes.Input{Pod: pod, Seen: observe.All(results)}, results: results}
	r.v = valuesOf(r.in.Seen)
	var j Judgement
	if len(r.v.symptoms()) > 0 { // where all is well, the pages are not even made
		j = Judge(causes.All(), r.in.Seen)
	}
	for _, problem := range j.Problems {
		slices.SortStableFunc(problem, func(a, b Named) int { return r.severity(a) - r.severity(b) })
	}
	slices.SortStableFunc(j.Problems, func(a, b []Named) int {
		return cmp.Or(r.severity(a[0])-r.severity(b[0]), r.position(a[0].Page.Code)-r.position(b[0].Page.Code))
	})
	v := Verdict{Causes: []Finding{}}
	for i, problem := range j.Problems {
		for _, n := range problem {
			if !slices.ContainsFunc(v.Causes, func(f Finding) bool { return f.Code == n.Page.Code }) {
				v.Causes = append(v.Causes, r.finding(n, i+1))
			}
		}
	}
	v.Causes = append(v.Causes, r.foreign(len(j.Problems))...)
	v.Unexplained = r.unexplained(j)
	v.Works = r.works(v.Causes)
	v.Summary = r.summary(v)
	return v
}

// run is one run that is judged.
type run struct {
	in      causes.Input
	results []observe.Result
	v       values
	told    []string // ids of results that stand in the verdict already
}

func (r *run) position(code string) int {
	return causes.Position(code, observe.EnvHostIsName.Yes(r.in.Seen))
}

// severity is 0 for a cause that fails a check, and 1 for one that only warns.
func (r *run) severity(n Named) int {
	if r.by(n.Explains, observe.Fail).ID != "" {
		return 0
	}
	return 1
}

// by returns the first result of that status that has recorded one of the symptoms.
func (r *run) by(symptoms []*observe.Row, status observe.Status) observe.Result {
	for _, result := range r.results {
		if result.Status == status && recorded(result, symptoms) {
			return result
		}
	}
	return observe.Result{}
}

// recorded says that a result holds an unhealthy value of one of the symptoms.
func recorded(result observe.Result, symptoms []*observe.Row) bool {
	return slices.ContainsFunc(symptoms, func(row *observe.Row) bool {
		value, ok := result.Observations.Value(row)
		return ok && row.Unhealthy(value)
	})
}

func (r *run) finding(n Named, problem int) Finding {
	fix := r.in.FixOf(n.Page)
	f := Finding{
		Code: n.Page.Code, Confidence: n.Confidence, Title: n.Page.Title, Problem: problem, Alternative: n.Alternative,
		Evidence: []string{}, Contradicts: r.phrases(n.Against), RuledOut: r.excluded(n.RuledOut), Consequences: []string{},
		Remedy: r.in.Fill(n.Page.Remedy), Fix: fix.Lines(), Steps: fix.Steps, Blanks: fix.Blanks,
	}
	if n.Confidence == causes.Possible {
		c := n.Page.Confirm
		f.Confirm = causes.Confirm{Where: r.in.Fill(c.Where), Command: r.in.Fill(c.Command), Text: r.in.Fill(c.Text)}
	}
	main := r.by(n.Explains, observe.Fail)
	if main.ID == "" {
		main = r.by(n.Explains, observe.Warn)
	}
	f.Check, f.Evidence = main.ID, r.evidence(n, main)
	r.told = append(r.told, main.ID)
	for _, result := range r.results {
		if !slices.Contains(r.told, result.ID) && (result.Status == observe.Fail || result.Status == observe.Warn) && recorded(result, n.Explains) {
			f.Consequences = append(f.Consequences, result.ID+": "+result.Summary)
			r.told = append(r.told, result.ID)
		}
	}
	return f
}

// evidence are the observations in words: what proves the cause, what probes and the cluster's API
// have shown to tell it from others, first what no healthy pod shows, what other checks have seen, what the
// check itself says, and last what a healthy pod shows as well.
func (r *run) evidence(n Named, check observe.Result) []string {
	late := func(x observe.Prediction) int {
		value := r.v[x.Subject.ID]
		_, own := check.Observations.Value(x.Subject)
		usual, probed := x.Subject.Kind != observe.KindCount && x.Subject.Usual(value), r.probed(x.Subject)
		switch {
		case slices.ContainsFunc(n.Proves, func(y observe.Prediction) bool { return y.Subject == x.Subject }):
			return 0
		case x.Subject.Kind == observe.KindCount && (value.Of == 1 || x.Subject.Symptom && value.N == 0):
			return 6
		case !usual && (probed || x.Subject.From() == observe.Cluster):
			return 1
		case probed:
			return 2
		case usual:
			return 5
		case own:
			return 4
		}
		return 3
	}
	return r.phrases(slices.SortedStableFunc(slices.Values(n.Because), func(a, b observe.Prediction) int { return late(a) - late(b) }))
}

// probed says that a probe has recorded the subject.
func (r *run) probed(subject *observe.Row) bool {
	return slices.ContainsFunc(r.results, func(result observe.Result) bool {
		_, ok := result.Observations.Value(subject)
		return ok && strings.HasPrefix(result.ID, "probe.")
	})
}

func (r *run) phrases(list []observe.Prediction) []string {
	texts := []string{}
	for _, x := range list {
		if text := x.Subject.Described(r.v[x.Subject.ID], r.in.Seen); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

func (r *run) excluded(rivals []Rival) []Excluded {
	list := []Excluded{}
	for _, rival := range rivals {
		list = append(list, Excluded{rival.Code, rival.By.Subject.Phrase(r.v[rival.By.Subject.ID]), rival.By.Subject.ID})
	}
	return list
}

// foreign adds what the checks of somebody else say, which have observed nothing that
// the pages know: each is a cause by itself, under the check's id.
func (r *run) foreign(problems int) (findings []Finding) {
	for _, result := range r.results {
		if result.Status != observe.Fail && result.Status != observe.Warn || len(result.Observations) > 0 {
			continue
		}
		f := r.finding(Named{Page: &causes.Page{Code: result.ID, Title: result.Summary}, Confidence: causes.Possible}, problems+len(findings)+1)
		f.Check = result.ID
		for _, fact := range result.Evidence {
			f.Evidence = append(f.Evidence, fact.Key+": "+fact.Value)
		}
		findings = append(findings, f)
	}
	return findings
}

// unexplained are the results of symptoms that nothing explains.
func (r *run) unexplained(j Judgement) []Unexplained {
	var list []Unexplained
	for _, result := range r.results {
		if recorded(result, j.Unexplained) && !slices.Contains(r.told, result.ID) {
			list = append(list, Unexplained{result.ID, result.Summary, r.excluded(j.Nearest)})
		}
	}
	return list
}
