package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPolicyRejects() *Page {
	return &Page{
		Code:   "net.policy-rejects",
		Alone:  Possible,
		Title:  "a policy or firewall rejects every connection of this pod",
		Reach:  SelectedPods,
		Remedy: "allow the API server and DNS in the policy that selects the pod",
		Forms: []Form{
			{
				Prior: Common,
				Proof: selected,
				Needs: Predictions{observe.APITCP.Is(refusals...)},
				Must: all(leavesPod, Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.Unassigned.Is(observe.Refuses, observe.Prohibited, observe.Denied, observe.NoNeighbour, observe.Unreachable), observe.ControlOther.Is(lateRefusals...),
					observe.Endpoint.Is(append(lateRefusals, observe.Answers)...),
					observe.NetNextHop.Is(observe.HopKnown), observe.Mesh.Is(observe.NoMesh, observe.MeshReady),
				}),
				Usual: Predictions{observe.Endpoint.Is(lateRefusals...), observe.ControlUDP.Is(lateRefusals...)},
				Doubt: Predictions{observe.HostNetwork.Is(false)}, // to which no NetworkPolicy applies
			},
			{ // where DNS alone was asked
				Prior: Common,
				Best:  Possible,
				Needs: Predictions{observe.DNSUDP.Is(refusals...), observe.Unassigned.Is(refusals...)},
				Must:  Predictions{observe.APITCP.Is(refusals...), observe.APIDirect.Is(refusals...), observe.ControlOther.Is(lateRefusals...), observe.DNSResolver.Is(observe.OfCluster), observe.DNSSend.Is(observe.Sent), observe.APILoopback.Is(false)},
			},
			{ // of the API alone, before its Service IP is translated
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.Refuses, observe.Denied)},
				Must: all(leavesPod, Predictions{
					observe.Unassigned.Is(silences...), observe.Endpoint.Is(observe.Answers), observe.APIFails.Every(), observe.AgainConnects.None(),
					observe.Control.Is(observe.Answers),
				}),
			},
		},
		Consequences: dnsToo(lateRefusals...),
		Confirm:      Confirm{Command: listPolicies, Text: "does a policy of type Egress select this pod? Policies of Calico and Cilium are not listed"},
		Similar: "A connection to an unassigned address is refused at once as well, so something on the path rejects, and the API " +
			"server is not down (net.api-down). A transparent proxy would accept it (net.mesh-intercepts); a proxy that is " +
			"not ready refuses everything (net.mesh-not-ready). With Cilium, EPERM can also mean a Service without endpoints " +
			"(net.api-down).",
		Fix: func(in Input) []Step {
			return []Step{
				isolated(2, 3), allowAPI(in),
				ask(network, "which policy or firewall rejects connections of POD? On node NODE: nft list ruleset | grep -n reject"),
			}
		},
	}
}
