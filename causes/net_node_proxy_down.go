package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netNodeProxyDown() *Page {
	return &Page{
		Code:   "net.node-proxy-down",
		Alone:  Likely,
		Title:  "KUBERNETES_SERVICE_HOST is a loopback address where no load balancer answers",
		Remedy: "start the load balancer on node NODE, or remove the variable from the manifest",
		Forms: []Form{
			{
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.Refuses, observe.Silent), observe.APILoopback.Is(true), observe.HostNetwork.Is(true), observe.APIFails.Every()},
				Must:  Predictions{observe.AgainConnects.None()},
			},
			{ // a sidecar's, or a value for the host network in a pod that is not on it
				Prior: Rare,
				Needs: Predictions{observe.APITCP.Is(observe.Refuses, observe.Silent), observe.APILoopback.Is(true), observe.APIFails.Every()},
				Must:  Predictions{observe.AgainConnects.None(), observe.HostNetwork.Is(false)},
			},
		},
		Consequences: all(apiGone, Predictions{ // somebody has set it so, on purpose
			observe.EnvHost.Is(observe.VariableOverridden), observe.EnvGivenHandshake.Is(observe.Verifies), observe.EnvPort.Is(observe.VariableOverridden), observe.EnvHTTPSPort.Is(observe.VariableOverridden),
		}),
		Sources: []string{
			"https://www.talos.dev/latest/kubernetes-guides/configuration/kubeprism/",
			"https://docs.k0sproject.io/stable/nllb/",
			"https://github.com/cilium/cilium/issues/46010",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "ss -ltnp", Text: "does a program listen on API_PORT?"},
		Similar: "A connection to loopback never leaves this network namespace, so no policy, service proxy or API server has " +
			"refused it (net.api-down). If the kubelet's own address works, the value may simply be wrong here (env.overridden).",
		Fix: steps(
			look("who sets the variable, and is POD on the host network?", ofPod+`'{.spec.hostNetwork} {.spec.containers[*].env}{"\n"}'`,
				when("true, and the node has a balancer of its own (KubePrism 7445, k0s 7443, RKE2 and HyperShift 6443 or 6444)", 2),
				when("not true: loopback is the pod's own there", 3)),
			ask(nodeAdmin, "start the balancer, or let POD use SERVICE_IP").with("ss -ltnp; crictl ps -a").at(onNode),
			unsetService, unsetElsewhere,
		),
	}
}
