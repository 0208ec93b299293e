package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPolicyDenies() *Page {
	return &Page{
		Code:    "net.policy-denies",
		Alone:   Certain,
		Title:   "no NetworkPolicy that selects this pod allows egress to the API server",
		Reach:   SelectedPods,
		Remedy:  "allow the API server in a NetworkPolicy for the pod",
		Special: "net.api-blocked",
		Forms: []Form{
			policyDenies(observe.PolicyAPI, observe.APITCP, noConnection, observe.Silent),
			policyDenies(observe.PolicyAPI, observe.APITCP, noConnection, lateRefusals...),
			{ // DNS as well
				Prior: Common,
				Proof: Predictions{observe.PolicyAPI.Is(observe.PoliciesDeny), observe.PolicyDNS.Is(observe.PoliciesDeny)},
				Needs: Predictions{
					observe.PolicyAPI.Is(observe.PoliciesDeny), observe.PolicyDNS.Is(observe.PoliciesDeny),
					observe.APITCP.Is(append(lateRefusals, observe.Silent)...), observe.DNSUDP.Is(append(lateRefusals, observe.Silent)...),
				},
				Must: noConnection,
			},
			{ // if anything enforces them, and no policy of another kind allows it
				Prior: Common,
				Alone: Possible,
				Best:  Possible,
				Needs: Predictions{observe.PolicyAPI.Is(observe.WouldDeny, observe.DenySoFar), observe.APITCP.Is(append(lateRefusals, observe.Silent)...)},
				Must:  noConnection,
			},
		},
		Consequences: all(apiGone, Predictions{observe.DNSTCP.Not(observe.Answers), observe.APIName.Is(observe.NoReply)}),
		Sources: []string{
			"https://kubernetes.io/docs/concepts/services-networking/network-policies/",
			"https://github.com/projectcalico/calico/issues/5129",
		},
		Confirm: Confirm{Text: "does the pod network on node NODE enforce NetworkPolicies? Flannel alone does not"},
		Similar: "The NetworkPolicies of the namespace were read: together they allow neither the Service IP nor the address " +
			"behind it. If they allow both, a firewall, a policy of another kind or a machine that is off remain (net.api-blocked); " +
			"if they allow one of them, it is net.policy-needs-endpoint.",
		Fix: allowOrAsk,
	}
}

// policyDenies is the form in which the policies deny what the pod does not reach.
func policyDenies(policies observe.Word[observe.Policies], fails observe.Word[observe.Answer], must Predictions, answers ...observe.Answer) Form {
	return Form{
		Prior: Common,
		Proof: Predictions{policies.Is(observe.PoliciesDeny)},
		Needs: Predictions{policies.Is(observe.PoliciesDeny), fails.Is(answers...)},
		Must:  must,
	}
}

var noConnection = Predictions{observe.APIFails.Every(), observe.AgainConnects.None()}
