package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPolicyNeedsEndpoint() *Page {
	return &Page{
		Code:    "net.policy-needs-endpoint",
		Alone:   Possible,
		Title:   "an egress policy allows the Service IP but not the API server's own address, or the reverse",
		Reach:   SelectedPods,
		Remedy:  "allow both addresses in the egress policy",
		Timed:   true,
		Special: "net.api-blocked",
		Forms: []Form{
			{ // the NetworkPolicies were read
				Prior: Common,
				Alone: Likely,
				Needs: Predictions{observe.APITCP.Is(append(lateRefusals, observe.Silent)...), observe.PolicyAPI.Is(observe.SidesDiffer)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.HostNetwork.Is(false)},
			},
			{
				Prior: Common,
				Needs: Predictions{observe.APITCP.Is(observe.Silent), observe.Endpoint.Is(observe.Answers)},
				Must:  all(leavesPod, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers)}),
				Doubt: Predictions{mayDiffer},
			},
			{
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.Silent)},
				Must: all(leavesPod, Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Is(observe.Silent),
					observe.NetNextHop.Is(observe.HopKnown),
				}),
				Usual: Predictions{observe.Control.Is(observe.Answers)},
				Doubt: Predictions{mayDiffer},
			},
		},
		Consequences: apiGone,
		Confirm:      Confirm{Command: listPolicies, Text: "does a policy of type Egress select this pod? Policies of Calico and Cilium are not listed"},
		Similar: "Of the Service IP and the API server's own address only one answers, while other Service IPs work. If neither " +
			"answers, it is net.api-blocked; if no Service IP works, it is net.service-ips-dead. A stale address behind the " +
			"Service IP (net.api-down) looks the same: check the EndpointSlice.",
		Fix: allowOrAsk,
	}
}

// mayDiffer is what the NetworkPolicies say, where they were read; a firewall that stands on
// one side of the translation looks the same.
var mayDiffer = observe.PolicyAPI.Not(observe.NoneSelects, observe.PoliciesAllow, observe.PoliciesDeny)
