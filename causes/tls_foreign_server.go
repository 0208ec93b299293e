package causes

var tlsForeignServer = Page{
	Code:  "tls.foreign-server",
	Alone: Possible,
	Title: "another server than the API server answers at its address",
	Apart: "The certificate names neither this host nor kubernetes.default.svc, and its issuer is not one of ca.crt. With the API " +
		"server's names in it, it is tls.unknown-ca; with an interceptor's issuer, tls.intercepted.",
	Fix: steps(
		look("is API_HOST the Service's address?", showService+"\n"+listEndpoints,
			whenThen("the pod was given another one", "see env.overridden"),
			when("yes", 2)),
		look("whose certificate is it? Is that address used twice?", servedChain, when("that of another server", 3)).at(onNode),
		ask(network, "who else answers at API_HOST, port API_PORT?"),
	),
}
