package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsIntercepted() *Page {
	return &Page{
		Code:  "tls.intercepted",
		Alone: Possible, Best: Possible,
		Title:  "a proxy on the path intercepts TLS and presents its own certificate",
		Remedy: "exclude API_HOSTPORT from TLS inspection",
		Forms: []Form{
			{
				Prior: Uncommon, // products that open TLS stand before the internet, seldom inside a cluster
				Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerInterceptor)},
				Must:  Predictions{observe.FreshVerified.None()},
			},
			{ // a transparent proxy answers in everybody's place
				Prior: Uncommon,
				Needs: Predictions{
					observe.TLSHandshake.Is(observe.Unverified, observe.PlainHTTP, observe.OtherBytes), observe.Unassigned.Is(observe.Answers),
				},
				Must: Predictions{observe.TLSIssuer.Not(observe.IssuerTrusted), observe.FreshVerified.None()},
			},
		},
		Consequences: sidecarToo,
		Confirm:      Confirm{Text: "the log of the mesh's proxy or of the firewall on the path: does it open connections to API_HOSTPORT?"},
		Similar: "The issuer is a product that intercepts TLS, or an unassigned address answers as well, as with a transparent " +
			"proxy. Anybody can choose an issuer name, so this is never certain: compare with a path to the same server that " +
			"has another issuer. The right issuer name with another key is tls.ca-rekeyed.",
		Sources: []string{
			"https://github.com/hashicorp/terraform-provider-kubernetes/issues/1059",
			"https://github.com/kubernetes/minikube/issues/9874",
			"https://github.com/kubernetes/kubeadm/issues/947",
		},
		Fix: steps(
			look("whose certificate is it?", servedChain, when("that of a proxy or firewall", 2)).at(onNode),
			ask("the administrator of the proxy that the issuer names", "do not intercept TLS to API_HOST, port API_PORT"),
		),
	}
}
