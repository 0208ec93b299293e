package causes

var tlsNotTls = Page{
	Code:  "tls.not-tls",
	Alone: Certain,
	Title: "what answers at the API server's address speaks plain HTTP, not TLS",
	Apart: "The first bytes that come back are an HTTP answer. Bytes that are neither TLS nor HTTP are tls.foreign-server.",
	Fix: steps(
		look("does the Service lead to the API servers' TLS port?", "kubectl -n default get service kubernetes -o yaml\n"+listEndpoints,
			when("no", 2), when("yes: a proxy on the way answers", 3)),
		ask(admin, "correct the port: kube-apiserver keeps the Service and its EndpointSlice itself, by --secure-port"),
		ask(network, "which proxy answers at API_HOST, port API_PORT, in plain HTTP?"),
	),
}
