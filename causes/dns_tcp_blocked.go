package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsTcpBlocked = Page{
	Code:  "dns.tcp-blocked",
	Alone: Possible, Warning: true,
	Title: "DNS works over UDP and not over TCP, so that long answers are lost",
	Forms: []Form{
		{
			Prior: Common,
			Needs: Predictions{observe.DNSTCP.Not(observe.Answers)},
			Doubt: Predictions{observe.DNSResent.Is(false), observe.APIAtFirst.None()}, // a lost packet looks the same
			Must:  Predictions{observe.DNSUDP.Is(observe.Answers), observe.DNSCache.Is(observe.Answers)},
		},
		{
			Prior: Uncommon,
			Needs: Predictions{observe.DNSSomeTCP.Not(observe.Answers)},
			Doubt: Predictions{observe.DNSResent.Is(false), observe.APIAtFirst.None()},
		},
		{ // the packets to a node's cache do not leave the node
			Prior: Uncommon,
			Needs: Predictions{observe.DNSCacheTCP.Not(observe.Answers)},
			Must:  Predictions{observe.DNSCache.Is(observe.Answers)},
		},
	},
	Brings: Predictions{observe.DNSName.Is(observe.NoAddress)},
	Decide: listPolicies + ": does one allow UDP 53 and not TCP 53?",
	Apart:  "UDP answers and TCP to port 53 of the same server does not. When both fail it is dns.silent.",
	Fix: steps(
		look("has the Service of DNS port 53 for both, UDP and TCP?", "kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.ports}{\"\\n\"}'",
			when("both", 2), whenThen("UDP alone", "ask "+admin+" to add TCP")),
		isolated(3, 4), allowDNS,
		ask(network, "let POD reach the DNS servers, port 53, by TCP, too"),
	),
}
