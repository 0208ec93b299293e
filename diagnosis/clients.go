package diagnosis

import (
	"cmp"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// Outcome says how a client fares in this pod.
type Outcome string

// The outcomes. A client whose behaviour was not established for what the
// checks saw is Unknown.
const (
	Works   Outcome = "works"
	Remark  Outcome = "remark" // works, with something to know
	Fails   Outcome = "fails"
	Unknown Outcome = "unknown"
)

// Client is what one client library or tool makes of what the checks saw.
type Client struct {
	Name string `json:"name"`
	// Since names the version, or the source, from which the rule is known.
	Since   string  `json:"since"`
	Outcome Outcome `json:"outcome"`
	// Error is the text that the client prints; "..." stands for what varies.
	// It is empty where the text is not known.
	Error string `json:"error"`
	// Reason says why, in terms of the results; empty when it simply works.
	Reason string `json:"reason"`
}

// Clients predicts from the results which clients work in this pod.
func Clients(seen Seen) []Client {
	m := meet(seen)
	all := []Client{}
	for _, p := range slices.Concat(goPrograms, scriptPrograms, compiledPrograms, toolPrograms) {
		all = append(all, p.predict(m))
	}
	return all
}

// program is what is known of one client.
type program struct {
	name, since string
	// byName says that it looks for kubernetes.default.svc, whatever the
	// environment says.
	byName bool
	proxy  proxyHabit
	// config are the rules for what it reads before it sends anything, and
	// remarks those for what it does although all is well for k8sdoctor.
	config, remarks []rule
	// way has the texts that it prints when the way to the API server fails.
	way map[trouble]string
}

// rule is one thing that a client does with one input.
type rule struct {
	when    func(met) bool
	outcome Outcome
	text    string // see met.fill
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

const notKnown = "not known for this input"

func (p program) predict(m met) Client {
	c := Client{Name: p.name, Since: p.since, Outcome: Works}
	apply := func(r rule) Client {
		c.Since, c.Outcome = cmp.Or(r.since, p.since), r.outcome
		c.Error, c.Reason = m.fill(r.text), m.fill(r.reason)
		return c
	}
	if len(m.seen.Results) == 0 || m.oddEnv && !m.linkedPort {
		return apply(rule{outcome: Unknown, reason: notKnown})
	}
	if i := slices.IndexFunc(p.config, func(r rule) bool { return r.when(m) }); i >= 0 {
		return apply(p.config[i])
	}
	if m.linkedPort {
		return apply(rule{outcome: Unknown, reason: notKnown})
	}
	if address := m.seen.verifying("probe.own-service"); p.byName && address != "" {
		return apply(rule{outcome: Unknown, reason: "goes by name to " + address + ", whose certificate verifies; that way was not walked to its end"})
	}
	if r, ok := p.proxied(m); ok {
		return apply(r)
	}
	if blocked, what := m.blocked(p.byName); what != noTrouble {
		return apply(rule{outcome: Fails, text: p.says(what), reason: blocked.ID + ": " + blocked.Summary})
	}
	if !m.seen.worked("auth.review") {
		return apply(rule{outcome: Unknown, reason: notKnown + ": the way was not walked to its end"})
	}
	if i := slices.IndexFunc(p.remarks, func(r rule) bool { return r.when(m) }); i >= 0 {
		return apply(p.remarks[i])
	}
	return c
}

// says returns the text for a trouble; most clients do not tell the cases of a
// chain that fails apart.
func (p program) says(what trouble) string {
	if text, ok := p.way[what]; ok || what != unknownSigner {
		return text
	}
	return p.way[badChain]
}

// proxied judges a client that does not read the proxy variables as Go does,
// which is how the checks went.
func (p program) proxied(m met) (rule, bool) {
	if m.seen.Result("env.proxy").Code != "proxy.in-path" || p.proxy == proxyObeyed {
		return rule{}, false
	}
	direct := m.seen.Result("net.connect")
	switch {
	case p.proxy == proxyUnknown:
		return rule{outcome: Unknown, reason: "HTTPS_PROXY applies to {hostport}, and whether this client obeys it depends on its release"}, true
	case direct.Status == checks.Pass:
		return rule{outcome: Unknown, reason: "ignores HTTPS_PROXY: TCP connects directly, the rest was tried through the proxy only"}, true
	case direct.Status == checks.Warn:
		return rule{outcome: Fails, text: p.says(connectTrouble(direct)), reason: "ignores HTTPS_PROXY, and directly: " + direct.Summary}, true
	}
	return rule{}, false
}
