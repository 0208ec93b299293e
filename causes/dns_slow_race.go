package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsSlowRace() *Page {
	return &Page{
		Code:   "dns.slow-race",
		Alone:  Possible,
		Title:  "a conntrack race on the node drops one of two parallel A and AAAA queries",
		Remedy: "set the resolver option single-request-reopen, or run NodeLocal DNSCache",
		Timed:  true,
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.DNSResent.Is(true)},
			Must:  Predictions{observe.DNSStalls.Is(observe.StallsPairs)},
		}},
		Consequences: Predictions{observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSName.Is(observe.NoAddress)},
		Confirm:      Confirm{Where: "on node NODE", Command: "conntrack -S", Text: "does insert_failed grow while names are resolved?"},
		Similar: "Pairs of queries stall for exactly five or two and a half seconds, the timeouts of resolvers, and single queries " +
			"do not. Other delays are dns.slow.",
		Fix: steps(
			changeTemplate("sends A and AAAA queries one after the other (glibc; musl ignores the option); other options of its dnsConfig are replaced", "spec:\n  dnsConfig:\n    options:\n    - {name: single-request-reopen}"),
			ask(admin, "for all pods: run a DNS cache on every node (NodeLocal DNSCache)"),
		),
	}
}
