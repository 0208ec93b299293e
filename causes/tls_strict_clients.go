package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsStrictClients = Page{
	Code:  "tls.strict-clients",
	Alone: Likely, Warning: true,
	Title: "the certificate violates RFC 5280, and strict clients reject it, such as Python 3.13",
	Forms: []Form{{Prior: Common, Needs: Predictions{observe.TLSStrict.Is(false)}}},
	Similar: "Go accepts the chain, but it violates a rule that strict clients enforce: the evidence names the rule. A chain " +
		"that Go rejects is one of the other tls codes.",
	Sources: []string{
		"https://github.com/caas-team/py-kube-downscaler/issues/170",
	},
	Fix: steps(
		look("which extensions does the server's certificate have?", servedChain+" | openssl x509 -noout -text", when("the one that the evidence names is missing or wrong", 2)).at(onNode),
		ask(admin, "recreate the certificate, and the CA if necessary; until then, with Python 3.13, use a client release that clears only VERIFY_X509_STRICT"),
	),
}
