package causes

var netPolicyRejects = Page{
	Code:  "net.policy-rejects",
	Alone: Possible,
	Title: "a policy or firewall refuses whatever this pod sends",
	Apart: "An address that belongs to nobody is refused at once as well, so what refuses is on the way and not an API server that" +
		" is down (net.api-down). A transparent proxy would connect instead (net.mesh-intercepts); one that is not up yet refuses " +
		"everything as well (net.mesh-not-ready). EPERM from the pod's own kernel can also be Cilium's word for a Service without " +
		"endpoints (net.api-down).",
	Fix: func(in Input) []Step {
		return []Step{
			isolated(2, 3), allowAPI(in),
			ask(network, "which policy or firewall rejects what POD sends? On node NODE: nft list ruleset | grep -n reject"),
		}
	},
}
