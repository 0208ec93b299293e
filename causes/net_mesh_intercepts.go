package causes

var netMeshIntercepts = Page{
	Code:  "net.mesh-intercepts",
	Alone: Possible,
	Title: "a transparent proxy answers in the API server's place and breaks its TLS",
	Apart: "An address that belongs to nobody connects at once, so a proxy answers in everybody's place. A firewall that wants a " +
		"server name (net.sni-required) lets the handshake pass when one is sent. Such a proxy takes every connection, so that an " +
		"API server which is down behind it (net.api-down) looks the same.",
	Fix: steps(aroundMesh...),
}
