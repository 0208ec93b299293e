package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netNoRoute() *Page {
	return &Page{
		Code:   "net.no-route",
		Alone:  Likely,
		Title:  "this pod, or a router on the path, has no route to the API server's address",
		Remedy: "repair the network plugin on node NODE, or use an IP family that the pod has",
		Forms: []Form{
			{
				Prior: Uncommon, // a pod network that is not set up does not start pods
				Needs: Predictions{observe.APITCP.Is(observe.NoRoute)},
				Must: Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Not(observe.Answers),
					observe.NetRoute.Is(observe.NoRouteSet, observe.ByGateway, observe.OnLink),
				},
				Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
			},
			{
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.NoPort)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.NetRoute.Is(observe.NoRouteSet)},
			},
		},
		Consequences: dnsToo(observe.NoRoute, observe.NoPort),
		Confirm:      Confirm{Where: "in the pod", Command: "ip route get API_HOST", Text: "is there a route?"},
		Similar: "The error is ENETUNREACH or EADDRNOTAVAIL: the kernel gives it before it sends a packet where this pod has no " +
			"route (probe.route); where it has one, a router or a firewall answered \"network unreachable\". EHOSTUNREACH is " +
			"net.host-unreachable or net.host-prohibited; a timeout is a policy or a broken path.",
		Fix: steps(
			look("does the Service have the pod's IP family?",
				"kubectl -n default get service kubernetes -o jsonpath='{.spec.ipFamilies} {.spec.clusterIPs}{\"\\n\"}'\n"+ofPod+"'{.status.podIPs}{\"\\n\"}'",
				when("no", 3), when("yes", 2)),
			look("is the pod network healthy on node NODE?", "kubectl get pods -A -o wide --field-selector spec.nodeName=NODE",
				when("the network plugin's pod is not, or is missing", 3)),
			ask(network, "give pods on node NODE a route to SERVICE_IP; if they have one, which router or firewall answers \"network unreachable\"?"),
		),
	}
}
