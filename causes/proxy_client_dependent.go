package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var proxyClientDependent = Page{
	Code:  "proxy.client-dependent",
	Alone: Likely, Warning: true,
	Title: "some clients read the proxy variables so that they go through the proxy, others do not",
	Forms: []Form{{Prior: Common, Needs: Predictions{observe.EnvProxy.Is(observe.ProxyDiffers, observe.ProxyNotUsable)}}},
	Sources: []string{
		"https://github.com/kubernetes-client/python/issues/2460",
		"https://github.com/kubernetes/kubernetes/issues/35186",
	},
	Decide: "the proxy's log: do requests for API_HOSTPORT of this pod come there?",
	Apart: "Go reads the variables so that it goes directly, and other clients read them otherwise; nothing fails in this report. " +
		"When Go's reading leads into the proxy it is proxy.in-path.",
	Fix: steps(goDirectly...),
}
