package causes

var tlsIntercepted = Page{
	Code:  "tls.intercepted",
	Alone: Possible,
	Title: "a proxy opens TLS on the way and presents a certificate of its own",
	Apart: "The issuer is known to open TLS on the way. A made-up issuer name cannot be told from a real one, which is why this is" +
		" never certain; another path to the same server without that issuer decides. A server with the right issuer name and " +
		"another key is tls.ca-rekeyed.",
	Fix: steps(
		look("whose certificate is it?", servedChain, when("that of a proxy or firewall", 2)).at(onNode),
		ask("who runs the proxy that the issuer names", "leave API_HOST, port API_PORT, unopened"),
	),
}
