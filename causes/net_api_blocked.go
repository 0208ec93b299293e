package causes

var netApiBlocked = Page{
	Code:  "net.api-blocked",
	Alone: Possible,
	Title: "an egress policy, a firewall or a security group drops what this pod sends to the API server",
	Apart: "Another service IP, the nameserver's, answers from this pod, so the node's rules work and only the API server is " +
		"silent. With net.service-ips-dead no service IP answers, with net.policy-needs-endpoint the server's own address " +
		"decides. A policy, a cloud firewall, an old entry in the kube-proxy replacement and a machine that is off behind a " +
		"silent router look the same from inside: the same connection from a pod on the host network decides.",
	Fix: allowOrAsk,
}
