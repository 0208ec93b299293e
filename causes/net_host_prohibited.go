package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netHostProhibited() *Page {
	return &Page{
		Code:   "net.host-prohibited",
		Alone:  Possible,
		Title:  "a firewall on a running machine rejects the connection with an ICMP message",
		Reach:  SelectedPods,
		Remedy: "open the API server's port in the firewall of that machine",
		Timed:  true,
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.APITCP.Is(observe.Prohibited, observe.Unreachable)},
			Must: all(leavesPod, Predictions{
				observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Not(observe.Answers),
				observe.Control.Is(observe.Answers), observe.NetNextHop.Is(observe.HopKnown),
			}),
			Usual: Predictions{observe.Unassigned.Is(silences...)},
			Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
		}},
		Consequences: dnsToo(observe.Prohibited, observe.Unreachable),
		Confirm:      Confirm{Where: "on the API server's machine", Command: "nft list ruleset", Text: "does it reject with icmp-host-prohibited?"},
		Similar: "EHOSTUNREACH within milliseconds is a reject rule on a machine that is up, for example of firewalld. A next hop " +
			"that is down takes about three seconds (net.host-unreachable); a reset or port-unreachable is \"connection " +
			"refused\" (net.policy-rejects, net.api-down). Rejects are rate-limited, so several in a row can look like " +
			"timeouts.",
		Fix: steps(
			look("which rule rejects the connection?", "firewall-cmd --list-all || nft list ruleset | grep -n reject",
				when("one on a control-plane node, or on node NODE", 2)).at("on node NODE and on each control-plane node"),
			ask(admin, "open port API_SERVER_PORT/tcp there; on node NODE add the pod network's interface to the trusted zone").
				with("firewall-cmd --add-port=API_SERVER_PORT/tcp && firewall-cmd --permanent --add-port=API_SERVER_PORT/tcp"),
		),
	}
}
