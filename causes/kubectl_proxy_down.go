package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func kubectlProxyDown() *Page {
	return &Page{
		Code:   "kubectl-proxy.down",
		Alone:  Possible,
		Title:  "no kubectl proxy listens at the address that this pod expects",
		Remedy: "start the container of kubectl proxy, or use its port",
		Forms: []Form{{
			Prior: Common,
			// another program at its address is no kubectl proxy either
			Needs: Predictions{observe.SidecarAnswer.Is(observe.SidecarClosed, observe.SidecarSilent, observe.SidecarForeign)},
		}},
		Confirm: proxyLogs,
		Sources: []string{"https://github.com/kubernetes/kubernetes/issues/8432"},
		Similar: "Nothing listens at the sidecar's address, which says nothing about this pod's own connection to the API server. " +
			"A sidecar that answers with an error is kubectl-proxy.filtered or kubectl-proxy.upstream.",
		Fix: steps(
			look("does its container run, and on which port?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args}{"\n"}{end}'
kubectl -n NAMESPACE get pod POD`,
				whenThen("on another port", "let the program use that port"),
				when("it does not run", 2),
				whenThen("there is none", "the pod needs a container that runs kubectl proxy --port=8001")),
			look("why does it not run?", "kubectl -n NAMESPACE logs POD --all-containers --prefix --tail=20"),
		),
	}
}
