package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsNodeCacheDown() *Page {
	return &Page{
		Code:   "dns.node-cache-down",
		Alone:  Possible,
		Title:  "the node's DNS cache (NodeLocal DNSCache) does not answer",
		Reach:  PodsOfNode,
		Remedy: "repair or restart node-local-dns on node NODE",
		Forms: []Form{
			{Prior: Uncommon, Needs: Predictions{observe.DNSCache.Not(observe.Answers)}},
			{ // the cache takes the address of the DNS Service over on this node, and no other port of it
				Prior: Rare,
				Needs: Predictions{observe.DNSUDP.Is(observe.Refuses), observe.ControlOther.Is(observe.Answers)},
				Must:  Predictions{observe.APITCP.Is(observe.Answers)},
			},
		},
		Consequences: Predictions{
			observe.DNSTCP.Not(observe.Answers), observe.DNSName.Is(observe.NoAddress), observe.DNSSome.Not(observe.Answers), observe.APIName.Is(observe.NoReply),
		},
		Confirm: Confirm{Command: "kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide --field-selector spec.nodeName=NODE", Text: "is one ready?"},
		Similar: "The nameserver is a link-local address of this node, and it does not answer. If the nameserver is a Service IP, " +
			"it is dns.silent or dns.no-endpoints.",
		Fix: func(in Input) []Step {
			return []Step{
				look("is the node's DNS cache running?", "kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide --field-selector spec.nodeName=NODE",
					when("not ready, or none", 4), when("it is ready", 2)),
				isolated(3, 4), allowDNS(in),
				ask(admin, "check its log, then restart it; until it is ready, pods on the node have no DNS, as now").
					with("kubectl -n kube-system delete pod -l k8s-app=node-local-dns --field-selector spec.nodeName=NODE"),
			}
		},
	}
}
