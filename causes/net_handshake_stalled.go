package causes

var netHandshakeStalled = Page{
	Code:  "net.handshake-stalled",
	Alone: Possible,
	Title: "something accepts the connection and no API server answers on it: overload, or a load balancer before a dead one",
	Apart: "TCP connects and no certificate comes, with usual and with small segments alike; small ones would help with net.mtu. A" +
		" closed connection instead of silence is net.mesh-intercepts or net.sni-required.",
	Fix: steps(
		look("is the API server slow for everybody?", askReady+"\nkubectl -n kube-system top pods -l component=kube-apiserver",
			when("yes, or it does not answer", 2)),
		ask(admin, "relieve the API server; a load balancer before several has to check /readyz, not the TCP port alone"),
	),
}
