package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netEgressBlocked = Page{
	Code:  "net.egress-blocked",
	Alone: Possible,
	Title: "nothing leaves this pod: an egress policy without exceptions, or a dead pod network",
	Timed: true,
	Forms: []Form{{ // where DNS alone was asked
		Prior: Common,
		Best:  Possible,
		Needs: Predictions{observe.DNSUDP.Is(observe.Silent)},
		Must: Predictions{
			observe.APITCP.Is(observe.Silent), observe.APIDirect.Is(observe.Silent), observe.Unassigned.Is(observe.Silent), observe.ControlOther.Is(observe.Silent),
			observe.DNSResolver.Is(observe.OfCluster),
		},
	}, {
		Prior: Common,
		Needs: Predictions{observe.APITCP.Is(observe.Silent)},
		Must: Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Silent), observe.ControlOther.Is(observe.Silent),
			observe.Endpoint.Is(observe.Silent), observe.NetNextHop.Is(observe.HopKnown, observe.HopUnknown),
		},
		Usual: Predictions{observe.Unassigned.Is(observe.Silent)},
		Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)}, // a policy may allow the internet
	}},
	Brings: dnsToo(observe.Silent),
	Decide: "the same check in another namespace: if it passes, a policy of this one is at fault",
	Apart: "The nameserver's service IP and the API server are both silent. When another service IP answers it is net.api-blocked;" +
		" when the API server's own address answers it is net.service-ips-dead. A policy that denies all egress and a dead pod " +
		"network look the same from inside: a pod without that policy on the same node decides.",
	Fix: allowOrAsk,
}
