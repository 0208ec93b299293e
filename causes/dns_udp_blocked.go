package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsUDPBlocked() *Page {
	return &Page{
		Code:   "dns.udp-blocked",
		Alone:  Possible,
		Title:  "a policy, firewall or security group drops DNS over UDP; DNS over TCP works",
		Reach:  SelectedPods,
		Remedy: "allow UDP port 53 in addition to TCP port 53",
		Timed:  true,
		Forms: []Form{{ // one of several nameservers
			Prior: Uncommon,
			Needs: Predictions{observe.DNSSome.Is(observe.Silent), observe.DNSUDPAlone.Is(true)},
			Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)},
		}, {
			Prior: Uncommon,
			Proof: selected,
			Needs: Predictions{observe.DNSUDP.Is(observe.Silent), observe.DNSTCP.Is(observe.Answers)},
			Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.DNSSend.Is(observe.Sent), observe.NetDropped.Is(false), observe.DNSStray.Is(false), observe.Unassigned.Not(observe.Answers)},
		}},
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NoReply)},
		Sources:      []string{"https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2990"},
		Confirm:      Confirm{Command: listPolicies, Text: "does a policy for DNS allow UDP as well as TCP? The default is TCP alone"},
		Similar: "The same nameserver answers over TCP, so it is up and reachable. Without an answer over either protocol it is " +
			"dns.silent; where UDP answers and TCP does not, it is dns.tcp-blocked.",
		Fix: func(in Input) []Step {
			return []Step{
				isolated(2, 3), allowDNS(in),
				ask(network, "allow UDP port 53 beside TCP port 53 from POD on node NODE to the DNS servers, as in the security groups of its node and of theirs"),
			}
		},
	}
}
