package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsPolicyDenies() *Page {
	return &Page{
		Code:    "dns.policy-denies",
		Alone:   Certain,
		Title:   "no NetworkPolicy that selects this pod allows egress to the DNS servers",
		Reach:   SelectedPods,
		Remedy:  "allow DNS, port 53 by UDP and TCP, in a NetworkPolicy for the pod",
		Special: "dns.silent",
		Forms: []Form{
			policyDenies(observe.PolicyDNS, observe.DNSUDP, nil, observe.Silent),
			policyDenies(observe.PolicyDNS, observe.DNSUDP, nil, lateRefusals...),
			{ // the host in the environment is the name that was asked for
				Prior: Uncommon,
				Proof: Predictions{observe.PolicyDNS.Is(observe.PoliciesDeny)},
				Needs: Predictions{observe.PolicyDNS.Is(observe.PoliciesDeny), observe.APIName.Is(observe.NoReply)},
			},
		},
		Consequences: Predictions{
			observe.DNSTCP.Not(observe.Answers), observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NoReply),
			observe.DNSSome.Is(append(lateRefusals, observe.Silent)...), observe.DNSSomeTCP.Is(append(lateRefusals, observe.Silent)...),
		},
		Confirm: Confirm{Command: listPolicies, Text: "does a policy of type Egress select this pod, and none allow port 53?"},
		Similar: "The NetworkPolicies were read: those that select this pod do not allow port 53 of the DNS servers, or those of the " +
			"DNS servers do not let this pod in. If they allow it, the DNS servers are down, or something else drops the packets " +
			"(dns.silent).",
		Fix: func(in Input) []Step {
			return ofPolicies(in, allowDNS(in), ask(network, "allow POD on node NODE to reach the DNS servers, port 53, UDP and TCP"))
		},
	}
}
