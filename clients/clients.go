// Package clients says how client libraries and tools fare in a pod, from what was
// observed there, and what they print when they fail.
package clients

import (
	"cmp"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Outcome says how a client fares in this pod.
type Outcome string

// The outcomes. A client whose behaviour was not established for what was
// observed is Unknown.
const (
	Works   Outcome = "works"
	Remark  Outcome = "remark" // works, with something to know
	Fails   Outcome = "fails"
	Unknown Outcome = "unknown"
)

// Client is what one client library or tool makes of what was observed.
type Client struct {
	Name string `json:"name"`
	// Since names the version, or the source, from which the rule is known.
	Since   string  `json:"since"`
	Outcome Outcome `json:"outcome"`
	// Error is the text that the client prints; "..." stands for what varies, and
	// "; or " parts the texts of which it prints one. It is empty where the text
	// is not known.
	Error string `json:"error"`
	// Reason says why, in terms of what was observed; empty when it simply works.
	Reason string `json:"reason"`
}

// MayFail says that some releases or builds of it fail here, in the words of Error.
func (c Client) MayFail() bool {
	return c.Error != "" && (c.Outcome == Remark || c.Outcome == Unknown)
}

// Table predicts which clients work in a pod of which this was observed.
func Table(seen observe.Set) []Client {
	in := inputsOf(seen)
	all := []Client{}
	for _, p := range slices.Concat(goPrograms, scriptPrograms, compiledPrograms, toolPrograms) {
		if p.only == nil || p.only(in) {
			all = append(all, p.predict(in))
		}
	}
	return all
}

// Failing are the names of those that fail.
func Failing(table []Client) []string {
	var names []string
	for _, c := range table {
		if c.Outcome == Fails {
			names = append(names, c.Name)
		}
	}
	return names
}

// MostFail says that more than half of the languages with a client of Kubernetes' own
// fail: a pod of which that is true cannot do without a change.
func MostFail(table []Client) bool {
	languages := []string{"client-go", "Python", "Java (official)", "JavaScript", "C#", "Ruby"}
	failing := slices.DeleteFunc(Failing(table), func(name string) bool { return !slices.Contains(languages, name) })
	return 2*len(failing) > len(languages)
}

// program is what is known of one client.
type program struct {
	name, since string
	// only says where there is a row of it; nil is everywhere.
	only func(inputs) bool
	// byName says that it looks for kubernetes.default.svc, whatever the
	// environment says.
	byName bool
	proxy  proxyHabit
	// config are the rules for what it reads before it sends anything, and
	// remarks those for what it does although all is well for k8sdoctor.
	config, remarks []rule
	// chain are the rules for the server's certificates and for ca.crt, where Go
	// accepts them.
	chain []rule
	// hello is what comes of its ClientHello where small ones alone get an answer; of
	// how it fails otherwise in the handshake nothing is said there.
	hello rule
	// errors has the texts that it prints when a subject that it depends on fails,
	// and notes say when it prints which, where there are several.
	errors, notes map[failureKind]string
	// asksVersions says that it reads /api before it does anything else.
	asksVersions bool
}

// rule is one thing that a client does with one input.
type rule struct {
	when    func(inputs) bool
	outcome Outcome
	text    string // see inputs.fill
	reason  string
	since   string // that of the program when empty
}

// proxyHabit says whether a client reads HTTPS_PROXY.
type proxyHabit int

const (
	proxyUnknown proxyHabit = iota
	proxyObeyed
	proxyIgnored
)

const (
	notKnown = "not known for this input"
	notAsked = "not known: no request with the token was made"
)

func (p program) predict(in inputs) Client {
	c := Client{Name: p.name, Since: p.since, Outcome: Works}
	apply := func(r rule) Client {
		c.Since, c.Outcome = cmp.Or(r.since, p.since), r.outcome
		c.Error, c.Reason = in.fill(r.text), in.fill(r.reason)
		return c
	}
	if in.oddEnv {
		return apply(rule{outcome: Unknown, reason: notKnown})
	}
	if i := slices.IndexFunc(p.config, func(r rule) bool { return r.when(in) }); i >= 0 {
		return apply(p.config[i])
	}
	if portIsLink(in) {
		return apply(rule{outcome: Unknown, reason: notKnown})
	}
	if p.byName && in.nameVerifies() {
		return apply(rule{outcome: Unknown, reason: "connects by name to {address}, whose certificate verifies; nothing else was tried there"})
	}
	if r, ok := p.proxied(in); ok {
		return apply(r)
	}
	f := p.stopped(in)
	if p.hello.reason != "" && observe.HelloSizes.In(in.seen) == observe.HelloSmall && f == handshake(in.seen) {
		return apply(p.hello)
	}
	i := slices.IndexFunc(p.chain, func(r rule) bool { return r.when(in) })
	if i >= 0 && !beforeTLS[f.kind] && (p.chain[i].outcome == Fails || f.kind == noFailure) {
		return apply(p.chain[i])
	}
	if f.kind != noFailure {
		r := rule{outcome: Fails, text: p.says(f.kind), reason: f.reason}
		if note := p.notes[f.kind]; note != "" {
			r.reason += "; " + note
		}
		return apply(r)
	}
	if !in.seen.Saw(observe.TokenReview.Row) {
		return apply(rule{outcome: Unknown, reason: notAsked})
	}
	if i := slices.IndexFunc(p.remarks, func(r rule) bool { return r.when(in) }); i >= 0 {
		return apply(p.remarks[i])
	}
	return c
}

// stopped is what stops the client. A program that goes straight to a resource does
// not need /api, which not every account may read.
func (p program) stopped(in inputs) failure {
	if f := in.blocked(p.byName); f.kind != noFailure {
		return f
	}
	if answer := observe.APIVersionsAnswer.In(in.seen); !p.asksVersions && (answer == observe.Forbidden || answer == observe.NotFound) {
		return failure{}
	}
	return versions(in.seen)
}

// says returns the text for a kind of failure; most clients do not tell the cases
// of a chain that fails apart, nor a resolver that is silent from a missing name.
func (p program) says(kind failureKind) string {
	general := map[failureKind]failureKind{unknownSigner: badChain, resolverSilent: noSuchHost}
	return cmp.Or(p.errors[kind], p.errors[general[kind]])
}

// proxied judges a client that does not read the proxy variables as Go does,
// which is how the checks went.
func (p program) proxied(in inputs) (rule, bool) {
	if observe.EnvProxy.In(in.seen) != observe.ProxyApplies || p.proxy == proxyObeyed {
		return rule{}, false
	}
	direct := directConnection(in.seen)
	switch {
	case p.proxy == proxyUnknown:
		return rule{outcome: Unknown, reason: "HTTPS_PROXY applies to {hostport}; whether this client uses it depends on its release"}, true
	case direct.kind != noFailure:
		return rule{outcome: Fails, text: p.says(direct.kind), reason: "ignores HTTPS_PROXY: " + direct.reason}, true
	case in.seen.Saw(observe.APIDirect.Row):
		return rule{outcome: Unknown, reason: "ignores HTTPS_PROXY: a direct TCP connection succeeds; everything else was tried through the proxy only"}, true
	}
	return rule{}, false
}
