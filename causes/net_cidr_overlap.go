package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netCidrOverlap = Page{
	Code:  "net.cidr-overlap",
	Alone: Possible,
	Title: "the ranges of pods, Services and nodes overlap, so that packets go astray",
	Forms: []Form{
		{
			Prior: Rare,
			Needs: Predictions{
				observe.APITCP.Not(observe.Answers), observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopNobody, observe.HopStranger, observe.HopUnknown),
			},
			Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.HostNetwork.Is(false)},
		},
		{
			Prior: Rare,
			Needs: Predictions{
				observe.TLSHandshake.Is(observe.Unverified, observe.PlainHTTP, observe.OtherBytes, observe.HandshakeClosed, observe.HandshakeSilent),
				observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopStranger),
			},
			Must: Predictions{observe.HostNetwork.Is(false)},
		},
		{
			Prior: Rare,
			Needs: Predictions{
				observe.APITCP.Not(observe.Answers), observe.ServerInRange.Is(true),
				observe.Endpoint.Is(observe.NoNeighbour, observe.Prohibited, observe.NoRoute, observe.Unreachable),
			},
			Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.HostNetwork.Is(false)},
		},
		{ // on a node whose own link has the range of the Services
			Prior: Rare,
			Needs: Predictions{
				observe.APITCP.Not(observe.Answers), observe.ServiceInRange.Is(true), observe.NetNextHop.Is(observe.HopNobody), observe.HostNetwork.Is(true),
			},
			Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None()},
		},
	},
	Brings: dnsToo(observe.Silent, observe.Refuses, observe.NoRoute, observe.Prohibited, observe.NoNeighbour, observe.Unreachable),
	Decide: "kubectl get nodes -o custom-columns=IP:.status.addresses[0].address,PODS:.spec.podCIDR: is an address of one in the range of another?",
	Apart: "A service IP is nobody's neighbour: where the range of this pod's link holds it, packets for it look for one there, and " +
		"nobody or the wrong machine answers. Behind a gateway the same error is net.host-unreachable. Where only the answers go " +
		"astray, as the API server takes the pod for a neighbour, the pod sees silence like that of net.api-blocked, and the " +
		"three ranges decide.",
	Fix: steps(
		look("do the ranges of nodes, pods and Services overlap?",
			"kubectl get nodes -o custom-columns=NAME:.metadata.name,IP:.status.addresses[0].address,PODS:.spec.podCIDR\n"+
				"kubectl get servicecidrs || kubectl -n kube-system get pods -l component=kube-controller-manager -o yaml | grep -E 'cluster-cidr|service-cluster-ip-range'",
			when("yes", 2)),
		ask(network, "ranges that overlap have to be changed: in the pod network's configuration, or with a new cluster"),
	),
}
