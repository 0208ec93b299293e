package causes

var dnsServfail = Page{
	Code:  "dns.servfail",
	Alone: Possible,
	Title: "the DNS server cannot answer for the cluster's zone, often as it cannot reach the API server itself",
	Apart: "The server answers the cluster's zone with SERVFAIL. When an outside name resolves on the same server, its link to the" +
		" API server is broken; when that fails too, its own upstream is. With a node-local address as nameserver, dns.node-" +
		"cache-down is close.",
	Fix: steps(
		look("what does the DNS server say?", logsDNS+"\n"+listDNS,
			whenThen("\"unsynced Kubernetes API\" or x509", "it cannot reach the API server either: fix that first, from its node"),
			when("a pod is not ready, or an upstream does not answer", 2)),
		ask(admin, "start CoreDNS anew, one pod after the other; where names outside fail, correct \"forward\" in its Corefile").
			with("kubectl -n kube-system rollout restart deployment coredns"),
	),
}
