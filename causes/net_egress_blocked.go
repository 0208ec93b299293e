package causes

var netEgressBlocked = Page{
	Code:  "net.egress-blocked",
	Alone: Possible,
	Title: "nothing leaves this pod: an egress policy without exceptions, or a dead pod network",
	Apart: "The nameserver's service IP and the API server are both silent. When another service IP answers it is net.api-blocked;" +
		" when the API server's own address answers it is net.service-ips-dead. A policy that denies all egress and a dead pod " +
		"network look the same from inside: a pod without that policy on the same node decides.",
	Fix: allowOrAsk,
}
