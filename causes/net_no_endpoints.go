package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netNoEndpoints() *Page {
	return &Page{
		Code:   "net.no-endpoints",
		Alone:  Possible,
		Title:  "the Service kubernetes has no endpoint of this IP family, so connections are rejected",
		Reach:  EveryPod,
		Remedy: "give the API servers an address of that IP family (--advertise-address)",
		Forms: []Form{{ // the EndpointSlices were read
			Prior: Uncommon,
			Proof: Predictions{observe.APIBackends.Is(observe.NoBackends)},
			Needs: Predictions{observe.APIBackends.Is(observe.NoBackends), observe.APITCP.Not(observe.Answers, observe.NoSocket, observe.NoPort, observe.NoResource)},
		}, { // kube-proxy
			Prior: Uncommon,
			Best:  Possible, // a rule for this address alone rejects in the same way
			Needs: Predictions{observe.APITCP.Is(observe.Refuses)},
			Must: all(notKept, withoutBackends, Predictions{
				observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers), observe.RefusedBy.Is(observe.ByICMP),
			}),
			Usual: Predictions{observe.Unassigned.Is(silences...)},
			Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine), observe.DNSName.Not(observe.OtherAddress)},
		}, { // Cilium and Calico's eBPF in place of kube-proxy, at connect(2)
			Prior: Uncommon,
			Best:  Possible,
			Needs: Predictions{observe.APITCP.Is(observe.Denied)},
			Must:  all(notKept, withoutBackends, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.RefusedBy.Is(observe.NoPacket)}),
			Usual: Predictions{observe.Unassigned.Is(silences...), observe.Control.Is(observe.Answers)},
			Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
		}, {
			Prior: Uncommon,
			Best:  Possible,
			Needs: Predictions{observe.APITCP.Is(observe.Prohibited), observe.RefusedBy.Is(observe.NoPacket)},
			Must:  all(notKept, withoutBackends, Predictions{observe.APIFails.Every(), observe.AgainConnects.None()}),
			Usual: Predictions{observe.Unassigned.Is(silences...), observe.Control.Is(observe.Answers)},
			Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
		}, besideElsewhere(observe.NetName.Is(refusals...))},
		Consequences: apiGone,
		Sources: []string{
			"https://kubernetes.io/docs/concepts/services-networking/dual-stack/",
			"https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/iptables/proxier.go",
		},
		Confirm: Confirm{Command: listEndpoints, Text: "is there an endpoint of the IP family of SERVICE_IP?"},
		Similar: "The refusal is an ICMP message of kube-proxy's rule, which a policy or firewall may send as well, or an error of " +
			"connect() without a packet (EPERM, EHOSTUNREACH), as Cilium and Calico's eBPF give it. A machine on which no API " +
			"server listens, and OVN-Kubernetes, send a TCP reset (net.api-down). Firewalls that give EHOSTUNREACH send ICMP " +
			"(net.host-prohibited).",
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
}

// withoutBackends is what the EndpointSlices say, where they were read.
var withoutBackends = Predictions{observe.APIBackends.Is(observe.NoBackends)}
