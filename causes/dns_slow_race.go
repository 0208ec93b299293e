package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsSlowRace = Page{
	Code:  "dns.slow-race",
	Alone: Possible,
	Title: "one of two queries sent at once is lost on the node, and the resolver waits for it",
	Timed: true,
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.DNSResent.Is(true)},
		Must:  Predictions{observe.DNSStalls.Is(observe.StallsPairs)},
	}},
	Brings: Predictions{observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSName.Is(observe.NoAddress)},
	Decide: "conntrack -S on node NODE: insert_failed grows while names are resolved",
	Apart: "Pairs of questions stall for five or two and a half seconds exactly, the resolver's own timeouts, and single ones do " +
		"not. Delays without that step are dns.slow.",
	Fix: steps(
		changeTemplate("asks one question after the other (glibc; musl does not know the option); other options of its dnsConfig are replaced", "spec:\n  dnsConfig:\n    options:\n    - {name: single-request-reopen}"),
		ask(admin, "for all pods: a DNS cache on every node (NodeLocal DNSCache)"),
	),
}
