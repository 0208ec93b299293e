package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsIntercepted = Page{
	Code:  "tls.intercepted",
	Alone: Possible, Best: Possible,
	Title: "a proxy opens TLS on the way and presents a certificate of its own",
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
	Brings: sidecarToo,
	Decide: "the log of the mesh's proxy, or of the firewall on the path: does it open connections to API_HOSTPORT?",
	Apart: "The issuer is known to open TLS on the way, or an unassigned address answers as well, which a transparent proxy does. " +
		"A made-up issuer name cannot be told from a real one, which is why this is never certain; another path to the same server " +
		"without that issuer decides. A server with the right issuer name and another key is tls.ca-rekeyed.",
	Sources: []string{
		"https://github.com/hashicorp/terraform-provider-kubernetes/issues/1059",
		"https://github.com/kubernetes/minikube/issues/9874",
		"https://github.com/kubernetes/kubeadm/issues/947",
	},
	Fix: steps(
		look("whose certificate is it?", servedChain, when("that of a proxy or firewall", 2)).at(onNode),
		ask("who runs the proxy that the issuer names", "leave API_HOST, port API_PORT, unopened"),
	),
}
