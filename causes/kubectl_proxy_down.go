package causes

var kubectlProxyDown = Page{
	Code:  "kubectl-proxy.down",
	Alone: Possible,
	Title: "no kubectl proxy listens where this pod expects one",
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
