package causes

var netHostProhibited = Page{
	Code:  "net.host-prohibited",
	Alone: Possible,
	Title: "a firewall on a machine that is up rejects the connection",
	Apart: "EHOSTUNREACH within milliseconds is a reject by a machine that is up, firewalld for example. A dead next hop takes " +
		"about three seconds (net.host-unreachable); a reset or port-unreachable reads \"connection refused\" (net.policy-" +
		"rejects, net.api-down). Such rejects are rate-limited, so that a few in a row can look like silence.",
	Fix: steps(
		look("which rule rejects?", "firewall-cmd --list-all || nft list ruleset | grep -n reject",
			when("one on a control-plane node, or on node NODE", 2)).at("on node NODE and on each control-plane node"),
		ask(admin, "open port API_SERVER_PORT/tcp there; on node NODE put the pod network's interface into the trusted zone").
			with("firewall-cmd --add-port=API_SERVER_PORT/tcp && firewall-cmd --permanent --add-port=API_SERVER_PORT/tcp"),
	),
}
