package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func proxyInPath() *Page {
	return &Page{
		Code:   "proxy.in-path",
		Alone:  Likely,
		Title:  "requests to the API server go through an HTTP proxy, because NO_PROXY does not list its address",
		Remedy: "add API_HOST and .svc to NO_PROXY in the pod template",
		Forms: []Form{
			{Prior: Common, Needs: Predictions{observe.EnvProxy.Is(observe.ProxyApplies), observe.NetProxy.Not(observe.TunnelOpens)}},
			// a tunnel opens and leads elsewhere, or to a certificate of the proxy's own
			{Prior: Common, Needs: Predictions{observe.EnvProxy.Is(observe.ProxyApplies), observe.TLSHandshake.Not(observe.Verifies)}},
			// nothing is broken: a warning
			{Prior: Common, Needs: Predictions{observe.EnvProxy.Is(observe.ProxyApplies)}},
		},
		Consequences: Predictions{
			observe.NetProxy.Not(observe.TunnelOpens), observe.APIDirect.Not(observe.Answers),
			observe.TLSHandshake.Not(observe.Verifies), observe.FreshCertificates.Is(observe.CertificatesDiffer), observe.TLSCoversHost.Is(false),
		},
		Sources: []string{
			"https://github.com/fluxcd/flux2/issues/5897",
			"https://github.com/kubernetes/kubeadm/issues/211",
		},
		Confirm: Confirm{Text: "the log of the proxy: does it have CONNECT API_HOSTPORT, and which answer?"},
		Similar: "The proxy variables apply to the API server's address, and the tunnel fails or changes the certificate. If the " +
			"direct connection fails as well, see the net codes too. A proxy that no variable names is net.mesh-intercepts or " +
			"tls.intercepted.",
		Fix: steps(goDirectly...),
	}
}
