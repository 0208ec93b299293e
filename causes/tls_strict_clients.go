package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsStrictClients = Page{
	Code:  "tls.strict-clients",
	Alone: Likely, Warning: true,
	Title: "the certificates satisfy Go and break a rule that stricter clients keep (Python 3.13, Java, rustls)",
	Forms: []Form{{Prior: Common, Needs: Predictions{observe.TLSStrict.Is(false)}}},
	Apart: "Go accepts the chain, and a rule that stricter clients keep is broken: the evidence names it. A chain that Go refuses " +
		"is one of the other tls codes.",
	Sources: []string{
		"https://github.com/caas-team/py-kube-downscaler/issues/170",
	},
	Fix: steps(
		look("which extensions does the server's certificate have?", servedChain+" | openssl x509 -noout -text", when("the one that the evidence names is missing or wrong", 2)).at(onNode),
		ask(admin, "make the certificate, perhaps also the CA, anew; until then, with Python 3.13, use a client release that clears VERIFY_X509_STRICT only"),
	),
}
