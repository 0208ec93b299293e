package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsAaaaBroken = Page{
	Code:  "dns.aaaa-broken",
	Alone: Possible, Warning: true,
	Title:  "questions for IPv6 addresses fail or stall, which some resolvers take for the whole answer",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.DNSAAAA.Not(observe.AnsweredFine)}}},
	Decide: showDNS + ": to whom does it forward?",
	Apart: "The A question is answered and the AAAA question for the same name fails. When both fail it is dns.servfail or " +
		"dns.silent.",
	Fix: steps(
		look("to whom does CoreDNS forward?", showDNS, when("to a server that breaks questions for AAAA", 2)),
		ask(admin, "in a cluster without IPv6, have CoreDNS answer by itself; in the Corefile: template IN AAAA { rcode NOERROR }"),
	),
}
