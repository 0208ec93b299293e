package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netServiceIpsDead() *Page {
	return &Page{
		Code:   "net.service-ips-dead",
		Alone:  Possible,
		Title:  "Service IPs do not work on this node (kube-proxy or its replacement)",
		Reach:  PodsOfNode,
		Remedy: "repair kube-proxy, or its replacement, on node NODE",
		Timed:  true,
		Forms: []Form{
			{ // by the cluster's API, kube-proxy does not run on the node
				Prior: Common,
				Proof: Predictions{observe.ServiceProxy.Is(observe.AgentDown)},
				Needs: Predictions{
					observe.ServiceProxy.Is(observe.AgentDown), observe.Endpoint.Is(observe.Answers),
					observe.APITCP.Not(observe.Answers, observe.Denied, observe.NoSocket, observe.NoPort, observe.NoResource), observe.Control.Not(observe.Answers, observe.Denied, observe.NoSocket, observe.NoPort),
				},
				Must: Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.PolicyAPI.Not(observe.SidesDiffer, observe.PoliciesDeny, observe.DenySoFar, observe.WouldDeny)},
			},
			noServiceIP(observe.Silent), noServiceIP(observe.Refuses), noServiceIP(observe.NoRoute),
			{ // rejections are rationed, so that a mixture fits where the endpoint answers
				Prior: Uncommon,
				Needs: Predictions{
					observe.APITCP.Not(observe.Answers, observe.Denied, observe.NoSocket, observe.NoPort), observe.Control.Not(observe.Answers, observe.Denied, observe.NoSocket, observe.NoPort),
					observe.Endpoint.Is(observe.Answers),
				},
				Must: Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.ControlOther.Not(observe.Answers),
					observe.NetNextHop.Is(observe.HopKnown), observe.NetRoute.Is(observe.ByGateway, observe.OnLink), observe.NetSend.Is(observe.Sent), observe.NetDropped.Is(false), observe.RefusedBy.Is(observe.ByReset, observe.ByICMP),
				},
			},
			{ // no other Service IP of this family was tried
				Prior: Uncommon,
				Best:  Possible,
				Needs: Predictions{observe.APITCP.Is(observe.Silent)},
				Must:  all(noServiceIP(observe.Silent).Must, Predictions{observe.Control.Is(observe.Silent)}),
			},
			{ // the node's DNS cache does not reach the cluster's DNS by its Service IP either
				Prior: Uncommon,
				Best:  Possible,
				Needs: Predictions{observe.APITCP.Is(observe.Silent), observe.DNSResolver.Is(observe.OfNodeCache), observe.DNSRcode.Is(observe.ServFail)},
				Must:  noServiceIP(observe.Silent).Must,
				Usual: Predictions{observe.Unassigned.Is(silences...)},
			},
			besideElsewhere(observe.NetName.Not(observe.Answers)),
			besideElsewhere(observe.DNSUDP.Is(observe.Silent, observe.Refuses)),
			{ // the node itself looks for the Service IP on a link, which kube-proxy's rules would not let it
				Prior: Rare,
				Needs: Predictions{observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.HostNetwork.Is(true), observe.NetNextHop.Is(observe.HopSilent)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.ControlOther.Not(observe.Answers)},
			},
		},
		Consequences: all(
			Predictions{observe.DNSRcode.Is(observe.ServFail)}, // of a cache on the node
			dnsToo(observe.Silent, observe.Refuses, observe.NoRoute, observe.Prohibited, observe.NoNeighbour, observe.Unreachable),
		),
		Confirm: Confirm{Text: "run k8sdoctor in a pod with hostNetwork on node NODE: if it fails too, Service IPs do not work there"},
		Similar: "No Service IP answers while a machine's own address does; a default-deny policy (net.egress-blocked) would block " +
			"that as well. If only the API server's Service IP does not answer, it is net.api-blocked.",
		Fix: func(Input) []Step { return kubeProxy(1) },
	}
}

// noServiceIP is the form in which the API's Service IP and another one fail alike.
func noServiceIP(answer observe.Answer) Form {
	return Form{
		Prior: Uncommon,
		Needs: Predictions{observe.APITCP.Is(answer), observe.Control.Is(answer)},
		Must: Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.ControlOther.Not(observe.Answers), observe.Endpoint.Is(observe.Answers), observe.APILoopback.Is(false),
			observe.NetNextHop.Is(observe.HopKnown), observe.NetRoute.Is(observe.ByGateway, observe.OnLink), observe.NetSend.Is(observe.Sent), observe.NetDropped.Is(false), observe.RefusedBy.Is(observe.ByReset, observe.ByICMP),
		},
	}
}

// besideElsewhere is the form in which the API server is used at an address that is no
// Service IP, and a Service IP fails, of kubernetes.default.svc or of DNS.
func besideElsewhere(fails observe.Prediction) Form {
	return Form{
		Prior: Uncommon, Alone: Possible, Best: Possible,
		Needs: Predictions{fails, observe.APITCP.Is(observe.Answers), observe.EnvElsewhere.Is(true)},
	}
}
