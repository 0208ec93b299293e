package diagnosis

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// maxFacts bounds the evidence of a finding; the result has all of it.
const maxFacts = 8

// Diagnose names the first failure on the way of a request, or else the first
// warning.
func Diagnose(seen Seen) Verdict {
	v := Verdict{Causes: []Finding{}}
	failed, warned := seen.ordered(checks.Fail), seen.ordered(checks.Warn)
	switch {
	case len(failed) > 0:
		v.Summary = seen.failure(failed[0])
		v.Causes = append(v.Causes, seen.finding(failed[0]))
	case len(warned) > 0:
		v.Summary = fmt.Sprintf("%s; warning: %s: %s", seen.proven(), warned[0].ID, warned[0].Summary)
		v.Causes = append(v.Causes, seen.finding(warned[0]))
	default:
		v.Summary = seen.proven()
	}
	return v
}

// CauseFor returns the cause that a warning or a failure names. A code that the
// catalogue lacks, such as that of somebody else's check, comes back with the
// summary as title and without a fix.
func CauseFor(r checks.Result) Cause {
	if c, ok := Lookup(r.Code); ok {
		return c
	}
	return Cause{Code: r.Code, Confidence: Possible, Title: r.Summary, Fix: steps()}
}

// FixFor returns the cause that a result names and how to mend it; nothing for
// one that is neither a warning nor a failure.
func FixFor(seen Seen, r checks.Result) (Cause, []string) {
	if r.Status != checks.Warn && r.Status != checks.Fail {
		return Cause{}, nil
	}
	c := CauseFor(r)
	return c, c.Fix(seen)
}

// ordered returns the results of that status, in causal order.
func (s Seen) ordered(status checks.Status) []checks.Result {
	var found []checks.Result
	for _, r := range s.Results {
		if r.Status == status && !s.refuted(r) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b checks.Result) int {
		return cmp.Compare(s.position(a.Code), s.position(b.Code))
	})
	return found
}

// refuted says that the API server has proved a warning wrong: it has accepted
// a token that looked unfit by this pod's clock or by its audience.
func (s Seen) refuted(r checks.Result) bool {
	return r.ID == "token.claims" && r.Status == checks.Warn && s.worked("auth.review") &&
		slices.Contains([]string{"token.expired", "token.not-yet-valid", "token.wrong-audience"}, r.Code)
}

func (s Seen) failure(r checks.Result) string {
	text := r.ID + ": " + r.Summary
	if c, ok := Lookup(r.Code); ok {
		text += "; " + c.Confidence.Noun() + ": " + c.Title
	}
	if layer(r.Code) != "api" && s.worked("auth.review") {
		text += fmt.Sprintf("; yet the API server at %s accepts this pod's token", s.HostPort())
	}
	return text
}

// proven says what the checks have shown to work, and no more.
func (s Seen) proven() string {
	switch account := s.account(); {
	case len(s.Results) == 0:
		return "no check has run"
	case s.worked("auth.review") && account != "":
		return fmt.Sprintf("this pod can use the API server at %s as %s", s.HostPort(), account)
	case s.worked("auth.review"):
		return fmt.Sprintf("the API server at %s accepts this pod's token", s.HostPort())
	case s.worked("tls.host"):
		return fmt.Sprintf("the API server at %s answers; whether it accepts this pod's token was not asked", s.HostPort())
	}
	return "no check has failed; whether the API server can be used was not asked"
}

// account is the name by which the API server knows this pod.
func (s Seen) account() string { return s.Evidence("auth.review", "user") }

func (s Seen) finding(r checks.Result) Finding {
	cause, fix := FixFor(s, r)
	f := Finding{
		Code: cause.Code, Confidence: cause.Confidence, Title: cause.Title,
		Evidence: []string{r.ID + ": " + r.Summary}, Fix: []string{},
	}
	for _, fact := range r.Evidence[:min(len(r.Evidence), maxFacts)] {
		f.Evidence = append(f.Evidence, fact.Key+": "+fact.Value)
	}
	f.Fix = append(f.Fix, fix...)
	return f
}
