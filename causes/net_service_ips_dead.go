package causes

var netServiceIpsDead = Page{
	Code:  "net.service-ips-dead",
	Alone: Possible,
	Title: "no service IP works from this node: kube-proxy, or what replaces it, does not do its work",
	Apart: "Every service IP is silent while a machine's own address answers, which a default-deny policy (net.egress-blocked) " +
		"would silence as well. When only the API server's service IP is silent it is net.api-blocked.",
	Fix: func(Input) []Step { return kubeProxy(1) },
}
