package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netCidrOverlap() *Page {
	return &Page{
		Code:   "net.cidr-overlap",
		Alone:  Possible,
		Title:  "the CIDRs of pods, Services and nodes overlap, so packets take the wrong path",
		Remedy: "change the CIDRs that overlap",
		Forms: []Form{
			{
				Prior: Rare,
				Needs: Predictions{
					observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopSilent, observe.HopOther),
				},
				Must: all(leavesPod, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.HostNetwork.Is(false)}),
			},
			{
				Prior: Rare,
				Needs: Predictions{
					observe.TLSHandshake.Is(observe.Unverified, observe.PlainHTTP, observe.OtherBytes, observe.HandshakeClosed, observe.HandshakeSilent),
					observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopOther),
				},
				Must: all(leavesPod, Predictions{observe.HostNetwork.Is(false)}),
			},
			{
				Prior: Rare,
				Needs: Predictions{
					observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.ServerInRange.Is(true),
					observe.Endpoint.Is(observe.NoNeighbour, observe.Prohibited, observe.NoRoute, observe.Unreachable),
				},
				Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.HostNetwork.Is(false)},
			},
			{ // on a node whose own link has the range of the Services
				Prior: Rare,
				Needs: Predictions{
					observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopSilent), observe.HostNetwork.Is(true),
				},
				Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None()},
			},
		},
		Consequences: dnsToo(observe.Silent, observe.Refuses, observe.NoRoute, observe.Prohibited, observe.NoNeighbour, observe.Unreachable),
		Confirm:      Confirm{Command: "kubectl get nodes -o custom-columns=IP:.status.addresses[0].address,PODS:.spec.podCIDR", Text: "is a node's address in the pod CIDR of another node?"},
		Similar: "A Service IP has no neighbor on any link: if the CIDR of this pod's link contains it, the kernel looks for it " +
			"there with ARP or NDP, and no machine or the wrong one answers. Behind a gateway the same error is " +
			"net.host-unreachable. If only the replies take the wrong path, the pod sees timeouts like those of " +
			"net.api-blocked: compare the three CIDRs.",
		Fix: steps(
			look("do the CIDRs of nodes, pods and Services overlap?",
				"kubectl get nodes -o custom-columns=NAME:.metadata.name,IP:.status.addresses[0].address,PODS:.spec.podCIDR\n"+
					"kubectl get servicecidrs || kubectl -n kube-system get pods -l component=kube-controller-manager -o yaml | grep -E 'cluster-cidr|service-cluster-ip-range'",
				when("yes", 2)),
			ask(network, "change the CIDRs that overlap: in the configuration of the CNI plugin, or with a new cluster"),
		),
	}
}
