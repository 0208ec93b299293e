package causes

var netSomeEndpointsDead = Page{
	Code:  "net.some-endpoints-dead",
	Alone: Possible,
	Title: "one of the API servers behind the service IP is dead, and connections still go to it",
	Apart: "Of several fresh connections some fail and some succeed at once. Loss (net.lossy) makes nearly all of them succeed, " +
		"after one, three or seven seconds. A SYN dropped on this node may be sent again to another server and then looks like " +
		"one second of delay.",
	Fix: func(Input) []Step {
		return append([]Step{
			look("is every address here that of a control-plane node which is up?", listEndpoints+"\nkubectl get nodes -o wide",
				whenThen("no", "ask "+admin+" to correct that API server, or to remove it"),
				when("yes: the rules of node NODE may be old", 2)),
		}, kubeProxy(2)...)
	},
}
