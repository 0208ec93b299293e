package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsAaaaBroken() *Page {
	return &Page{
		Code:  "dns.aaaa-broken",
		Alone: Possible, Warning: true,
		Title:   "AAAA queries (IPv6) fail or stall, and some resolvers then fail the whole lookup",
		Remedy:  "let CoreDNS answer AAAA queries itself, or repair the server that it forwards to",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.DNSAAAA.Not(observe.AnsweredFine)}}},
		Confirm: Confirm{Command: showDNS, Text: "to which server does it forward?"},
		Similar: "The A query is answered and the AAAA query for the same name fails. If both fail, it is dns.servfail or " +
			"dns.silent.",
		Fix: steps(
			look("to which server does CoreDNS forward?", showDNS, when("to a server that does not answer AAAA queries", 2)),
			ask(admin, "in a cluster without IPv6, let CoreDNS answer itself; in the Corefile: template IN AAAA { rcode NOERROR }"),
		),
	}
}
