package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsSilent() *Page {
	return &Page{
		Code:   "dns.silent",
		Alone:  Possible,
		Title:  "an egress policy drops DNS traffic, or the DNS server is down or unreachable",
		Reach:  SelectedPods,
		Remedy: "allow DNS in the egress policy, or start the DNS servers",
		Timed:  true,
		Forms: []Form{
			{ // Service IPs work, and packets leave the pod
				Prior: Common,
				Proof: selected,
				Needs: Predictions{observe.APITCP.Is(observe.Answers), observe.DNSUDP.Is(observe.Silent, observe.NoRoute, observe.NoPort, observe.Prohibited, observe.NoNeighbour, observe.Unreachable, observe.OtherError)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.Unassigned.Not(observe.Answers), observe.DNSSend.Is(observe.Sent), observe.NetDropped.Is(false), observe.DNSStray.Is(false), observe.DNSTCP.Not(observe.Answers), observe.DNSBackends.Is(observe.BackendsReady), observe.PolicyDNS.Not(observe.PoliciesDeny)},
				Doubt: atServiceIP,
			},
			{
				Prior: Common,
				Best:  Possible,
				Needs: Predictions{observe.DNSUDP.Is(observe.Silent, observe.NoRoute, observe.NoPort, observe.Prohibited, observe.NoNeighbour, observe.Unreachable, observe.OtherError)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.Unassigned.Not(observe.Answers), observe.DNSSend.Is(observe.Sent), observe.NetDropped.Is(false), observe.DNSStray.Is(false), observe.DNSTCP.Not(observe.Answers), observe.DNSBackends.Is(observe.BackendsReady), observe.PolicyDNS.Not(observe.PoliciesDeny)},
			},
			{
				Prior: Common,
				Needs: Predictions{observe.DNSSome.Is(observe.Silent, observe.NoRoute, observe.NoPort, observe.Prohibited, observe.NoNeighbour, observe.Unreachable, observe.OtherError)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache), observe.DNSUDPAlone.Is(false), observe.DNSStray.Is(false)},
			},
			{ // behind a transparent proxy, which answers for the API and everybody else
				Prior: Uncommon,
				Needs: Predictions{observe.DNSUDP.Is(observe.Silent), observe.Unassigned.Is(observe.Answers)},
			},
			// the host in the environment is the name that was asked for
			{Prior: Uncommon, Needs: Predictions{observe.APIName.Is(observe.NoReply)}, Must: Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)}},
		},
		Consequences: Predictions{observe.DNSTCP.Not(observe.Answers), observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NoReply)},
		Confirm:      Confirm{Command: listPolicies, Text: "if no policy of type Egress selects this pod, this is not the cause"},
		Similar: "The nameserver does not answer, but another Service IP does. If nothing answers, it is net.egress-blocked or " +
			"net.service-ips-dead, and DNS is only a consequence; if the nameserver answers over TCP, it is dns.udp-blocked. A " +
			"policy without port 53 and a DNS server that is down look the same: check the DNS pods.",
		Fix: func(in Input) []Step {
			return []Step{
				look("is a DNS server ready?", listDNS,
					when("yes", 2), whenThen("none", "ask "+admin+": kubectl -n kube-system describe pods -l k8s-app=kube-dns")),
				isolated(3, 4), allowDNS(in),
				ask(network, "allow POD on node NODE to reach the DNS servers, port 53, UDP and TCP"),
			}
		},
	}
}
