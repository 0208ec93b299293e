package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netHostProhibited = Page{
	Code:  "net.host-prohibited",
	Alone: Possible,
	Title: "a firewall on a machine that is up rejects the connection",
	Timed: true,
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.APITCP.Is(observe.Prohibited, observe.Unreachable)},
		Must: Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Not(observe.Answers),
			observe.Control.Is(observe.Answers), observe.NetNextHop.Is(observe.HopKnown, observe.HopUnknown),
		},
		Usual: Predictions{observe.Unassigned.Is(silences...)},
		Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
	}},
	Brings: dnsToo(observe.Prohibited, observe.Unreachable),
	Decide: "iptables-save or nft list ruleset on the API server's machine: does it reject with icmp-host-prohibited?",
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
