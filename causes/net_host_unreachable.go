package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netHostUnreachable() *Page {
	return &Page{
		Code:   "net.host-unreachable",
		Alone:  Possible,
		Title:  "the next hop, or the machine behind the API server's address, is down or does not exist",
		Remedy: "start that machine, or correct the address of the API server",
		Timed:  true, // the time of the error tells who gave it
		Forms: []Form{
			{
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.NoNeighbour, observe.Unreachable)},
				Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
				Must: all(leavesPod, Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Not(observe.Answers), observe.ServiceInRange.Is(false),
				}),
			},
			{ // errors are rationed: where several programs wait for one, not all get it
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.Silent, observe.Prohibited), observe.NetNextHop.Is(observe.HopSilent)},
				Must:  all(leavesPod, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.ServiceInRange.Is(false)}),
			},
		},
		Consequences: dnsToo(observe.NoNeighbour, observe.Unreachable, observe.Silent, observe.Prohibited),
		Confirm:      Confirm{Where: "on node NODE", Command: "ip neigh show", Text: "is the next hop FAILED or INCOMPLETE?"},
		Similar: "The error comes after about three seconds, when ARP or NDP resolution gives up. A machine that is up and rejects " +
			"the connection answers within milliseconds (net.host-prohibited).",
		Fix: steps(
			look("is every address here that of a control-plane node that is up?", listEndpoints+"\nkubectl get nodes -o wide",
				when("one is not", 2),
				whenThen("all are", "ask "+network+" what is between node NODE and them")),
			ask(admin, "correct --advertise-address of that API server; the address of a removed one disappears from the EndpointSlice when its lease expires"),
		),
	}
}
