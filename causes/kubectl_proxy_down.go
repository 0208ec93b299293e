package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var kubectlProxyDown = Page{
	Code:  "kubectl-proxy.down",
	Alone: Possible,
	Title: "no kubectl proxy listens where this pod expects one",
	Forms: []Form{{
		Prior: Common,
		// another program at its address is no kubectl proxy either
		Needs: Predictions{observe.SidecarAnswer.Is(observe.SidecarClosed, observe.SidecarSilent, observe.SidecarForeign)},
	}},
	Decide:  proxyLogs,
	Sources: []string{"https://github.com/kubernetes/kubernetes/issues/8432"},
	Apart: "Nothing listens at the sidecar's address, which says nothing about the way to the API server itself. A listener that " +
		"answers with an error is kubectl-proxy.filtered or kubectl-proxy.upstream.",
	Fix: steps(
		look("does its container run, and on which port?",
			`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args}{"\n"}{end}'
kubectl -n NAMESPACE get pod POD`,
			whenThen("on another port", "have the program ask there"),
			when("it does not run", 2),
			whenThen("there is none", "the pod needs a container that runs kubectl proxy --port=8001")),
		look("why not?", "kubectl -n NAMESPACE logs POD --all-containers --prefix --tail=20"),
	),
}
