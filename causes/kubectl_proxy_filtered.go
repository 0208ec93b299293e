package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func kubectlProxyFiltered() *Page {
	return &Page{
		Code:   "kubectl-proxy.filtered",
		Alone:  Possible,
		Title:  "the kubectl proxy accepts only requests whose Host header is localhost",
		Remedy: "use http://127.0.0.1:PORT, or add the name to --accept-hosts",
		Forms: []Form{{
			Prior: Common,
			Needs: Predictions{observe.SidecarAnswer.Is(observe.SidecarFiltered)},
			Usual: Predictions{observe.SidecarAsked.Is(true)}, // others say Forbidden at that port, too
		}},
		Confirm: proxyLogs,
		Sources: []string{
			"https://github.com/kubernetes/kubectl/issues/142",
			"https://github.com/kubernetes/website/issues/7917",
		},
		Similar: "The refusal is a text of kubectl proxy, without the headers of an API server, and depends on the Host header. A " +
			"401 with an Audit-Id is from the API server and is one of the token codes.",
		Fix: steps(
			look("does the proxy answer at 127.0.0.1? Which host name does the program use?", "curl -si http://127.0.0.1:8001/api | head -n 1",
				whenThen("200: it works with 127.0.0.1", "let the program use http://127.0.0.1:8001"),
				when("the program must use another name", 2)).at(inContainer),
			ask("the owner of the pod's manifest", "let the proxy accept that name, here NAME, in addition to its own").
				with(`kubectl proxy --port=8001 --accept-hosts='^localhost$,^127\.0\.0\.1$,^\[::1\]$,^NAME$'`),
		),
	}
}
