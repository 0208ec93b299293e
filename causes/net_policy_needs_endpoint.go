package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netPolicyNeedsEndpoint = Page{
	Code:    "net.policy-needs-endpoint",
	Alone:   Possible,
	Title:   "an egress policy allows only one of the service IP and the API server's own address",
	Timed:   true,
	Special: "net.api-blocked",
	Forms: []Form{
		{
			Prior: Common,
			Needs: Predictions{observe.APITCP.Is(observe.Silent), observe.Endpoint.Is(observe.Answers)},
			Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers)},
		},
		{
			Prior: Uncommon,
			Needs: Predictions{observe.APITCP.Is(observe.Silent)},
			Must: Predictions{
				observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Is(observe.Silent),
				observe.NetNextHop.Is(observe.HopKnown, observe.HopUnknown),
			},
			Usual: Predictions{observe.Control.Is(observe.Answers)},
		},
	},
	Brings: apiGone,
	Decide: listPolicies + ": if no NetworkPolicy with egress rules selects this pod, this is not the cause",
	Apart: "Of the service IP and the API server's own address one answers and the other does not, while other service IPs work. " +
		"When none answers it is net.api-blocked; when no service IP works at all, net.service-ips-dead. An old address behind " +
		"the service IP (net.api-down) looks the same: the EndpointSlice decides.",
	Fix: allowOrAsk,
}
