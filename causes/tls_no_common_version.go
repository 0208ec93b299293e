package causes

var tlsNoCommonVersion = Page{
	Code:  "tls.no-common-version",
	Alone: Possible,
	Title: "client and server have no TLS version or cipher in common",
	Apart: "The server ends the handshake with an alert about version or cipher. A connection closed without an alert is net.mesh-" +
		"intercepts or net.sni-required.",
	Fix: steps(
		look("what does the API server accept?", "grep -- --tls- /etc/kubernetes/manifests/kube-apiserver.yaml", when("neither TLS 1.2 nor 1.3, or ciphers that no client has", 2)).at(onControlPlane),
		ask(admin, "allow TLS 1.2 or 1.3, and ciphers that clients have"),
	),
}
