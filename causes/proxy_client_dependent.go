package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func proxyClientDependent() *Page {
	return &Page{
		Code:  "proxy.client-dependent",
		Alone: Likely, Warning: true,
		Title:  "some clients use the HTTP proxy for the API server, and others do not",
		Remedy: "add API_HOST and .svc to NO_PROXY in the pod template, as a plain address and name",
		Forms:  []Form{{Prior: Common, Needs: Predictions{observe.EnvProxy.Is(observe.ProxyDiffers, observe.ProxyNotUsable)}}},
		Sources: []string{
			"https://github.com/kubernetes-client/python/issues/2460",
			"https://github.com/kubernetes/kubernetes/issues/35186",
		},
		Confirm: Confirm{Text: "the proxy's log: does it have requests of this pod for API_HOSTPORT?"},
		Similar: "Go reads the variables so that it connects directly, and other clients read them differently; nothing fails in " +
			"this report. If Go uses the proxy as well, it is proxy.in-path.",
		Fix: steps(goDirectly...),
	}
}
