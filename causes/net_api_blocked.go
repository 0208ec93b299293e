package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netApiBlocked = Page{
	Code:  "net.api-blocked",
	Alone: Possible,
	Title: "an egress policy, a firewall or a security group drops what this pod sends to the API server",
	Timed: true,
	Forms: []Form{{
		Prior: Common,
		Needs: Predictions{observe.APITCP.Is(observe.Silent)},
		Must: Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Is(observe.Silent, observe.Refuses),
			observe.NetNextHop.Is(observe.HopKnown, observe.HopUnknown),
		},
		Usual: Predictions{observe.Control.Is(observe.Answers)},
		Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine)},
	}},
	Brings: apiGone,
	Decide: "the same check in a pod with hostNetwork on node NODE: if it passes, the pod network or a policy is at fault",
	Apart: "Another service IP, the nameserver's, answers from this pod, so the node's rules work and only the API server is " +
		"silent. With net.service-ips-dead no service IP answers, with net.policy-needs-endpoint the server's own address " +
		"decides. A policy, a cloud firewall, an old entry in the kube-proxy replacement and a machine that is off behind a " +
		"silent router look the same from inside: the same connection from a pod on the host network decides.",
	Fix: allowOrAsk,
}
