package causes

var netCidrOverlap = Page{
	Code:  "net.cidr-overlap",
	Alone: Possible,
	Title: "the ranges of pods, Services and nodes overlap, so that packets go astray",
	Apart: "A service IP is nobody's neighbour: where the range of this pod's link holds it, packets for it look for one there, and " +
		"nobody or the wrong machine answers. Behind a gateway the same error is net.host-unreachable. Where only the answers go " +
		"astray, as the API server takes the pod for a neighbour, the pod sees silence like that of net.api-blocked, and the " +
		"three ranges decide.",
	Fix: steps(
		look("do the ranges of nodes, pods and Services overlap?",
			"kubectl get nodes -o custom-columns=NAME:.metadata.name,IP:.status.addresses[0].address,PODS:.spec.podCIDR\n"+
				"kubectl get servicecidrs || kubectl -n kube-system get pods -l component=kube-controller-manager -o yaml | grep -E 'cluster-cidr|service-cluster-ip-range'",
			when("yes", 2)),
		ask(network, "ranges that overlap have to be changed: in the pod network's configuration, or with a new cluster"),
	),
}
