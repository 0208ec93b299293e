package causes

var dnsNodeCacheDown = Page{
	Code:  "dns.node-cache-down",
	Alone: Possible,
	Title: "the DNS cache of this node does not answer",
	Apart: "The nameserver is a link-local address of this node, and it does not answer. A nameserver with a service IP is " +
		"dns.silent or dns.no-endpoints.",
	Fix: steps(
		look("is the node's DNS cache running?", "kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide --field-selector spec.nodeName=NODE",
			when("not ready, or none", 4), when("it is ready", 2)),
		isolated(3, 4), allowDNS,
		ask(admin, "look at its log; start it anew: until it is back, pods of the node have no DNS, as now").
			with("kubectl -n kube-system delete pod -l k8s-app=node-local-dns --field-selector spec.nodeName=NODE"),
	),
}
