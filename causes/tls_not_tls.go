package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsNotTls() *Page {
	return &Page{
		Code:   "tls.not-tls",
		Alone:  Certain,
		Title:  "the server at the API server's address and port does not use TLS",
		Remedy: "correct the port, or find the proxy that answers in place of the API servers",
		Forms: []Form{
			{
				Prior: Uncommon, // a Service or a variable that leads to another port
				Needs: Predictions{observe.TLSHandshake.Is(observe.PlainHTTP, observe.OtherBytes)},
				Must:  Predictions{observe.Unassigned.Not(observe.Answers), observe.NetNextHop.Not(observe.HopOther)},
			},
			{ // where a transparent proxy takes every connection, it says so itself more often
				Prior: Rare,
				Needs: Predictions{observe.TLSHandshake.Is(observe.PlainHTTP, observe.OtherBytes), observe.Unassigned.Is(observe.Answers)},
				Must:  Predictions{observe.NetNextHop.Not(observe.HopOther)},
			},
		},
		Consequences: sidecarToo,
		Confirm:      Confirm{Command: listEndpoints, Text: "do they have the API servers' TLS port?"},
		Similar: "The first bytes of the answer are HTTP, or of another protocol: the evidence shows them. If an unassigned " +
			"address answers as well, the answer may be of a transparent proxy (tls.intercepted).",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/65078",
			"https://github.com/kubernetes-sigs/kind/issues/1246",
		},
		Fix: steps(
			look("do the endpoints of the Service have the API servers' TLS port?", "kubectl -n default get service kubernetes -o yaml\n"+listEndpoints,
				when("no", 2), when("yes: a proxy on the path answers", 3)),
			ask(admin, "correct the port: kube-apiserver maintains the Service and its EndpointSlice itself, with --secure-port"),
			ask(network, "which proxy answers at API_HOST, port API_PORT, instead of the API servers?"),
		),
	}
}
