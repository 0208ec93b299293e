package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netNoEndpoints = Page{
	Code:  "net.no-endpoints",
	Alone: Possible,
	Title: "the Service kubernetes has no endpoint of this address family, so kube-proxy rejects connections to its service IP",
	Forms: []Form{{
		Prior: Uncommon,
		Best:  Possible, // a rule for this address alone rejects in the same way
		Needs: Predictions{observe.APITCP.Is(observe.Refuses)},
		Must: all(notKept, Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers), observe.RefusedBy.Is(observe.ByICMP),
		}),
		Usual: Predictions{observe.Unassigned.Is(silences...)},
		Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine), observe.DNSName.Not(observe.OtherAddress)},
	}},
	Consequences: apiGone,
	Sources: []string{
		"https://kubernetes.io/docs/concepts/services-networking/dual-stack/",
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/iptables/proxier.go",
	},
	Decide: listEndpoints + ": is there an endpoint of the IP family of SERVICE_IP?",
	Similar: "The refusal is an ICMP message, which a rule sends; a machine on which no API server listens sends a TCP reset " +
		"(net.api-down). OVN-Kubernetes resets connections to a Service without endpoints, which looks like net.api-down. A " +
		"policy or firewall that rejects the API server alone sends the same message.",
	Fix: steps(
		look("has the Service an endpoint of the family of SERVICE_IP?",
			showService+"\n"+listEndpoints,
			when("none, or only the other family", 2),
			when("yes, and each address is that of an API server that is up", 3),
			whenThen("yes, and an address is not that of an API server that is up", "see net.api-down")),
		ask(admin, "give the API servers an address of that family: --advertise-address of kube-apiserver must be of the first family in --service-cluster-ip-range"),
		ask(network, "which rule rejects connections to SERVICE_IP, port API_PORT? On node NODE: nft list ruleset | grep -n reject"),
	),
}
