package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsSlow() *Page {
	return &Page{
		Code:  "dns.slow",
		Alone: Possible, Warning: true,
		Title:  "the DNS servers answer late, or queries are lost",
		Remedy: "run more DNS servers, or NodeLocal DNSCache",
		Timed:  true,
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
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress), observe.DNSResent.Is(true), observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSSuffix.Is(observe.AnsweredSilent), observe.APIName.Is(observe.NoReply)},
		Confirm:      Confirm{Text: "run k8sdoctor on other nodes: if only one node is slow, that node is the cause"},
		Similar: "Answers are late or need a second query, without the five-second delays of dns.slow-race. No answer at all is " +
			"dns.silent.",
		Fix: steps(
			look("are the DNS servers overloaded, or only on few nodes?", listDNS+"\nkubectl -n kube-system top pods -l k8s-app=kube-dns",
				when("overloaded, or only on few nodes", 2)),
			ask(admin, "run more DNS servers, or a DNS cache on every node (NodeLocal DNSCache)"),
		),
	}
}
