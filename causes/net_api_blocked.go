package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netApiBlocked() *Page {
	return &Page{
		Code:   "net.api-blocked",
		Alone:  Possible,
		Title:  "a NetworkPolicy or firewall drops traffic from this pod to the API server, or its machine is off",
		Reach:  SelectedPods,
		Remedy: "allow the API server in the egress policy, the firewall or the security group",
		Timed:  true,
		Forms: []Form{
			apiAloneSilent(Form{Proof: selected, Needs: Predictions{observe.Control.Is(observe.Answers)}}),
			apiAloneSilent(Form{Best: Possible, Usual: Predictions{observe.Control.Is(observe.Answers)}}), // no other Service IP was seen to answer
			besideElsewhere(observe.NetName.Is(observe.Silent)),
		},
		Consequences: apiGone,
		Confirm:      Confirm{Text: "run k8sdoctor in a pod with hostNetwork on node NODE: if it passes, a policy or the pod network is the cause"},
		Similar: "Another Service IP, such as that of the cluster DNS, answers, so only the API server is affected. With " +
			"net.service-ips-dead no Service IP answers; with net.policy-needs-endpoint the API server's own address shows " +
			"the difference. A policy, a firewall, a stale entry in the kube-proxy replacement and a machine that is down " +
			"look the same from inside: try the same connection from a pod on the host network.",
		Fix: allowOrAsk,
	}
}

// apiAloneSilent adds to a form what shows where packets to the API server are dropped.
func apiAloneSilent(f Form) Form {
	f.Prior = Common
	f.Needs = append(Predictions{observe.APITCP.Is(observe.Silent)}, f.Needs...)
	f.Must = all(notKeptBy(observe.PoliciesDeny, observe.SidesDiffer), Predictions{
		observe.APIFails.Every(), observe.AgainConnects.None(), observe.Endpoint.Is(observe.Silent, observe.Refuses),
		observe.NetNextHop.Is(observe.HopKnown),
	})
	f.Doubt = Predictions{observe.EnvHost.Is(observe.VariableFine)}
	return f
}
