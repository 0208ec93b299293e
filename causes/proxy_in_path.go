package causes

var proxyInPath = Page{
	Code:  "proxy.in-path",
	Alone: Likely,
	Title: "an HTTP proxy takes the requests for the API server, as NO_PROXY does not list its address",
	Apart: "The variables send the API server's address through the proxy, and the tunnel fails or changes the certificate. When " +
		"the direct way fails as well, look at the net codes too. A proxy that no variable names is net.mesh-intercepts or " +
		"tls.intercepted.",
	Fix: steps(goDirectly...),
}
