package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// kubectlProxyUpstream is left where this pod itself reaches the API server: what is wrong with that
// (any cause of net, tls, token, api or volume) brings the proxy's answer about as well.
func kubectlProxyUpstream() *Page {
	return &Page{
		Code:    "kubectl-proxy.upstream",
		Alone:   Possible,
		Title:   "the kubectl proxy answers, but cannot reach the API server",
		Remedy:  "fix what the other checks report; otherwise replace the pod",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.SidecarAnswer.Is(observe.SidecarUpstream)}}},
		Confirm: proxyLogs,
		Sources: []string{
			"https://github.com/kubernetes/website/issues/5757",
			"https://github.com/kubernetes-retired/dashboard/issues/2854",
		},
		Similar: "The proxy itself answers 502 or 503, without the headers of an API server. If this pod's own connection fails as " +
			"well, that is the cause; if it works, the proxy uses an old CA or token.",
		Fix: func(Input) []Step {
			return append([]Step{
				look("how is the proxy started, and do the other checks of this report pass?",
					`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args}{"\n"}{end}'
kubectl -n NAMESPACE logs POD --all-containers --prefix --tail=20`,
					whenThen("they fail", "fix that first"),
					whenThen("with --server, --token, --certificate-authority or a kubeconfig", "without them it uses the pod's own: remove them from its manifest"),
					when("with none of them: it holds an old CA or token", 2)),
			}, restart(2, "the proxy reads both again")...)
		},
	}
}
