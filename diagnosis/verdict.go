package diagnosis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// maxFacts bounds the evidence of a finding; the result has all of it.
const maxFacts = 8

// Diagnose names the causes behind the results, best first. One cause is named
// once: what it explains is listed under it.
func Diagnose(seen Seen) Verdict {
	v := Verdict{Causes: []Finding{}}
	because := "" // what tells the first cause from its look-alikes
	open := slices.Concat(seen.ordered(checks.Fail), seen.ordered(checks.Warn))
	for len(open) > 0 {
		first := open[0]
		fits := judge(seen, first)
		if len(v.Causes) == 0 && len(fits[0].evidence) > 0 {
			because = "; " + fits[0].evidence[0]
		}
		named := seen.findings(first, fits)
		var rest []checks.Result
		for _, r := range open[1:] {
			if by := explains(named, r); by >= 0 {
				named[by].Consequences = append(named[by].Consequences, r.ID+": "+r.Summary)
			} else {
				rest = append(rest, r)
			}
		}
		for _, f := range named {
			if !slices.ContainsFunc(v.Causes, func(before Finding) bool { return before.Code == f.Code }) {
				v.Causes = append(v.Causes, f)
			}
		}
		open = rest
	}
	v.Summary = seen.summary(v.Causes, because)
	return v
}

// findings are the causes that fit one result, as they are reported.
func (s Seen) findings(r checks.Result, fits []fit) []Finding {
	var named []Finding
	for i, f := range fits {
		c, known := causes.Lookup(f.code)
		if !known {
			c = CauseFor(r)
		}
		f, confidence := s.lessSure(f, cmp.Or(f.confidence, c.Alone))
		fix := s.Input().FixOf(c)
		n := Finding{
			Code: c.Code, Confidence: confidence, Title: c.Title,
			Evidence: append([]string{r.ID + ": " + r.Summary}, f.evidence...), Against: append([]string{}, f.against...),
			Decide: s.decides(f, confidence), Consequences: []string{},
			Fix: fix.Lines(), Steps: fix.Steps, Blanks: fix.Blanks,
		}
		if i == 0 {
			for _, fact := range r.Evidence[:min(len(r.Evidence), maxFacts)] {
				n.Evidence = append(n.Evidence, fact.Key+": "+fact.Value)
			}
		}
		named = append(named, n)
	}
	return named
}

// judge ranks the causes of one result: its own code, unless the results
// together say more.
func judge(s Seen, r checks.Result) []fit {
	fits := judgeTopic(s, r)
	if len(fits) == 0 {
		fits = []fit{as(r.Code)}
	}
	if s.Evidence("probe.own-service", "own service") == "yes" && ofAddress(r) {
		return judgeOwnService(s, fits)
	}
	switch {
	case r.ID == "net.connect" && r.Status == checks.Fail:
		return judgeRoute(s, r, fits)
	case (r.ID == "tls.chain" || r.ID == "dns.servers") && r.Status == checks.Fail && s.stranger():
		return append([]fit{overlapped(s).sure(causes.Likely).because("next hop: %s", s.nextHop())}, unsure(fits)...)
	}
	return fits
}

// judgeTopic picks the judgement for what a result is about.
func judgeTopic(s Seen, r checks.Result) []fit {
	if lossy, shown := s.loss(); shown && consequence("net.lossy", r) {
		second := r.Code
		if second == lossy.code {
			second = other(lossy.code)
		}
		return []fit{lossy, as(second).sure(causes.Possible)}
	}
	switch {
	case r.Code == "internal.error":
		return nil
	case r.ID == "env.service" && r.Code == "env.malformed" && r.Evidence.Get("link to") != "":
		return judgeLink(r)
	case s.Result("env.service").Code == "env.overridden" && s.verifying("probe.given-host") != "" && (r.ID == "net.connect" || layer(r.Code) == "tls"):
		return []fit{as("env.overridden").sure(causes.Likely).because("the address that the kubelet gave, %s, shows a certificate of this cluster", s.verifying("probe.given-host"))}
	case r.ID == "tls.host" && !strings.Contains(r.Evidence.Get("SANs"), "kubernetes"):
		return []fit{as(r.Code).sure(causes.Likely), as("tls.foreign-server").sure(causes.Possible).because("the certificate names nothing of Kubernetes")}
	case r.ID == "net.connect" && layer(r.Code) == "net":
		return judgeConnect(s, r)
	case r.ID == "api.access" && denied(r):
		return []fit{as(r.Code).sure(causes.Certain)}
	case r.ID == "dns.servers" || r.ID == "dns.resolve":
		return judgeDNS(s, r)
	case r.ID == "tls.chain":
		return judgeHandshake(s, r)
	case layer(r.Code) == "token" && (r.ID == "auth.review" || r.ID == "token.claims") && r.Status == checks.Fail:
		return judgeToken(s, r)
	case r.ID == "tls.validity" && r.Status == checks.Fail:
		return judgeValidity(s, r)
	case unverified(r):
		return judgeMixed(s)
	case r.Code == "api.overloaded":
		return judgeOverloaded(s, r)
	case r.Code == "api.unhealthy" && r.ID == "api.health":
		return judgeUnhealthy(r)
	}
	return nil
}

// denied says that the authorizer itself answered that an access is not allowed.
func denied(r checks.Result) bool {
	n, _ := observe.APIDenied.In(r.Observations)
	return n > 0 && r.Code == "api.forbidden"
}

// fit is a cause that fits what was seen.
type fit struct {
	code       string
	confidence causes.Confidence // of the catalogue when empty
	evidence   []string
	against    []string
	decide     []string
}

func as(code string) fit { return fit{code: code} }

func (f fit) sure(c causes.Confidence) fit {
	f.confidence = c
	return f
}

func (f fit) because(format string, args ...any) fit {
	f.evidence = append(slices.Clone(f.evidence), fmt.Sprintf(format, args...))
	return f
}

func (f fit) although(format string, args ...any) fit {
	f.against = append(slices.Clone(f.against), fmt.Sprintf(format, args...))
	return f
}

func (f fit) until(text string) fit {
	f.decide = append(slices.Clone(f.decide), text)
	return f
}

// CauseFor returns the cause that a warning or a failure names. A code that the
// catalogue lacks, such as that of somebody else's check, comes back with the
// summary as title and without a fix.
func CauseFor(r checks.Result) *causes.Page {
	if c, ok := causes.Lookup(r.Code); ok {
		return c
	}
	return &causes.Page{Code: r.Code, Alone: causes.Possible, Title: r.Summary}
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
// a token that looked unfit by this pod's clock, by its audience or by its pod.
func (s Seen) refuted(r checks.Result) bool {
	return r.ID == "token.claims" && r.Status == checks.Warn && s.worked("auth.review") &&
		slices.Contains([]string{"token.expired", "token.not-yet-valid", "token.wrong-audience", "token.foreign-pod"}, r.Code)
}

// summary is the verdict in one sentence.
func (s Seen) summary(named []Finding, because string) string {
	if len(named) == 0 {
		return s.proven()
	}
	first := named[0]
	if len(s.ordered(checks.Fail)) == 0 {
		return fmt.Sprintf("%s; warning: %s", s.proven(), first.Evidence[0])
	}
	introduced := map[causes.Confidence]string{causes.Certain: "", causes.Likely: "most likely: ", causes.Possible: "possibly: "}
	text := introduced[first.Confidence] + first.Title + "; " + first.Evidence[0] + because
	if _, known := causes.Lookup(first.Code); !known {
		text = first.Evidence[0]
	}
	if layer(first.Code) != "api" && s.worked("auth.review") {
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
		text := fmt.Sprintf("this pod can use the API server at %s as %s", s.HostPort(), account)
		if !s.worked("api.access") {
			text += "; what it may do there was not asked (--can-i VERB/RESOURCE)"
		}
		return text
	case s.worked("auth.review"):
		return fmt.Sprintf("the API server at %s accepts this pod's token", s.HostPort())
	case s.worked("tls.host"):
		return fmt.Sprintf("the API server at %s answers; whether it accepts this pod's token was not asked", s.HostPort())
	}
	return "no check has failed; whether the API server can be used was not asked"
}

// account is the name by which the API server knows this pod.
func (s Seen) account() string { return s.Evidence("auth.review", "user") }
