package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPodNetworkDown() *Page {
	return &Page{
		Code:   "net.pod-network-down",
		Alone:  Likely,
		Title:  "the agent of the pod network (CNI) does not run on this pod's node, and no packet leaves the pod",
		Reach:  PodNetwork,
		Remedy: "start the agent of the pod network on node NODE again",
		Timed:  true,
		Forms: eachNeeds(Form{
			Prior: Common,
			Needs: Predictions{observe.APITCP.Not(observe.Answers, observe.NoSocket, observe.NoPort, observe.NoResource)},
			Must: Predictions{
				observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Not(observe.Answers), observe.Endpoint.Not(observe.Answers), observe.HostNetwork.Is(false), observe.PolicyAPI.Not(observe.PoliciesDeny),
				observe.APILoopback.Is(false), observe.NetSend.Is(observe.Sent),
			},
		}, Predictions{observe.PodNetwork.Is(observe.AgentDown, observe.AgentAbsent), observe.PodNode.Is(observe.NodeNoNetwork)}),
		Consequences: all(apiGone, dnsToo(anyFailure...)),
		Confirm:      Confirm{Command: "kubectl get pods --all-namespaces -o wide --field-selector spec.nodeName=NODE", Text: "does the pod of the network plugin run and is it ready?"},
		Similar: "Nothing off the pod answers, and the cluster's API says that the pod of the network plugin on this node is missing " +
			"or not ready. If it is ready, an egress policy or the network between the nodes remains (net.egress-blocked).",
		Fix: steps(
			look("why does the agent not run on node NODE?", "kubectl get daemonsets --all-namespaces\nkubectl get pods --all-namespaces -o wide --field-selector spec.nodeName=NODE",
				when("its pod is missing, or not ready", 2)),
			ask(admin, "start the agent of the pod network on node NODE: its log and events have the reason"),
		),
	}
}
