package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsNoEndpoints() *Page {
	return &Page{
		Code:   "dns.no-endpoints",
		Alone:  Possible,
		Title:  "no DNS server is ready behind the Service IP",
		Reach:  EveryPod,
		Remedy: "start the DNS servers; their log and events have the reason",
		Forms: []Form{
			{ // the EndpointSlices were read
				Prior: Common,
				Proof: Predictions{observe.DNSBackends.Is(observe.NoBackends)},
				Needs: Predictions{observe.DNSBackends.Is(observe.NoBackends), observe.DNSUDP.Not(observe.Answers, observe.NoSocket, observe.NoPort, observe.NoResource)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster)},
			},
			{
				Prior: Common,
				Needs: Predictions{observe.DNSUDP.Is(observe.Refuses)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.Unassigned.Not(observe.Answers), observe.DNSBackends.Is(observe.NoBackends)},
				Usual: Predictions{observe.Unassigned.Is(silences...)},
				Doubt: all(atServiceIP, Predictions{observe.APITCP.Not(observe.NoPort, observe.NoResource)}), // which say nothing of the path
			},
			{
				Prior: Common,
				Needs: Predictions{observe.DNSSome.Is(observe.Refuses)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster)},
			},
			{ // where Cilium replaces kube-proxy, a Service without endpoints gives these errors
				Prior: Uncommon,
				Best:  Possible,
				Needs: Predictions{observe.DNSUDP.Is(observe.Prohibited, observe.Denied)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.DNSSend.Is(observe.Sent), observe.DNSBackends.Is(observe.NoBackends)},
			},
			{
				Prior: Uncommon,
				Best:  Possible,
				Needs: Predictions{observe.DNSSome.Is(observe.Denied)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster)},
			},
		},
		Consequences: Predictions{
			observe.DNSTCP.Not(observe.Answers), observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NoReply),
			observe.DNSSome.Is(refusals...),
		},
		Confirm: Confirm{Command: "kubectl -n kube-system get pods -l k8s-app=kube-dns", Text: "if one is ready, this is not the cause"},
		Similar: "Port 53 of the nameserver's Service IP refuses connections at once. A policy that rejects does the same, and " +
			"rejects every other address too (net.policy-rejects). A timeout is dns.silent.",
		Fix: func(in Input) []Step {
			return []Step{
				look("is a DNS server ready?", listDNS,
					when("none", 2), when("all are: an egress policy or firewall may reject DNS from this pod", 3)),
				look("why is no DNS server ready?", logsDNS+"\nkubectl -n kube-system get deployment coredns",
					whenThen("0 replicas", "ask "+admin+" to run: kubectl -n kube-system scale deployment coredns --replicas=2"),
					whenThen("it does not start", "ask "+admin+": its log and events have the reason")),
				isolated(4, 5), allowDNS(in),
				ask(network, "allow POD to reach the DNS servers, port 53, UDP and TCP"),
			}
		},
	}
}
