package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsSlow = Page{
	Code:  "dns.slow",
	Alone: Possible, Warning: true,
	Title: "the DNS servers answer late, or lose queries",
	Timed: true,
	Forms: []Form{
		{
			Prior: Common,
			Needs: Predictions{observe.DNSResent.Is(true)},
			Must:  Predictions{observe.DNSStalls.Is(observe.StallsAll)},
		},
		{ // it comes and goes
			Prior: Uncommon,
			Needs: Predictions{observe.DNSResent.Is(true)},
			Must:  Predictions{observe.DNSStalls.Is(observe.StallsNone)},
		},
		{Prior: Common, Needs: Predictions{observe.DNSLate.AtLeast(1)}},
	},
	Brings: Predictions{observe.DNSName.Is(observe.NoAddress), observe.DNSResent.Is(true), observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSSuffix.Is(observe.AnsweredSilent), observe.APIName.Is(observe.NoReply)},
	Decide: "the same check on other nodes: if only one is slow, its connection table or its path is",
	Apart: "Answers come late or after a second datagram, without the steps of five seconds that dns.slow-race has. No answer at " +
		"all is dns.silent.",
	Fix: steps(
		look("are the DNS servers busy, or far away?", listDNS+"\nkubectl -n kube-system top pods -l k8s-app=kube-dns",
			when("busy, or on few nodes", 2)),
		ask(admin, "more of them, or a DNS cache on every node (NodeLocal DNSCache)"),
	),
}
