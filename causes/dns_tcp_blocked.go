package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsTcpBlocked() *Page {
	return &Page{
		Code:  "dns.tcp-blocked",
		Alone: Possible, Warning: true,
		Title:  "DNS works over UDP but not over TCP, so long answers are lost",
		Reach:  SelectedPods,
		Remedy: "allow TCP port 53 in addition to UDP port 53",
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
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress)},
		Confirm:      Confirm{Command: listPolicies, Text: "does a policy allow UDP 53 and not TCP 53?"},
		Similar:      "UDP answers, and TCP to port 53 of the same server does not. If both fail, it is dns.silent.",
		Fix: func(in Input) []Step {
			return []Step{
				look("does the DNS Service have port 53 for UDP and for TCP?", "kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.ports}{\"\\n\"}'",
					when("both", 2), whenThen("UDP only", "ask "+admin+" to add TCP")),
				isolated(3, 4), allowDNS(in),
				ask(network, "allow POD to reach the DNS servers, port 53, over TCP as well"),
			}
		},
	}
}
