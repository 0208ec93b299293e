package causes

var tlsUnknownCa = Page{
	Code:  "tls.unknown-ca",
	Alone: Possible,
	Title: "the server's certificate is not signed by the CA in ca.crt: an old ca.crt, or another server",
	Apart: "The chain does not end in ca.crt, and none of the signs of another cause is there: no shared issuer name (tls.ca-" +
		"rekeyed), no interceptor (tls.intercepted), not self-signed (tls.self-signed). The names in it do fit; otherwise it " +
		"would be tls.foreign-server.",
	Fix: func(Input) []Step {
		return append([]Step{
			look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
				when("the same: look who answers", 2),
				when("another", 7)),
			look("who issued what is served?", servedChain,
				when("that CA: the pod's ca.crt is another", 3),
				whenThen("another", "it is not the API server that answers this pod: see tls.foreign-server")).at(onNode),
			byHand(4, 5), ownVolume,
		}, append(restart(5, "a new pod gets the present ca.crt"),
			ask(admin, "give kube-controller-manager the CA that signs the API server's certificate (--root-ca-file)"))...)
	},
}
