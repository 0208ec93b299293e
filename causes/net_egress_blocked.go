package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netEgressBlocked() *Page {
	return &Page{
		Code:   "net.egress-blocked",
		Alone:  Possible,
		Title:  "no packet leaves this pod: an egress policy denies all traffic, or the pod network is broken",
		Reach:  SelectedPods,
		Remedy: "allow the API server and DNS in an egress policy; without such a policy, repair the pod network",
		Timed:  true,
		Forms: []Form{{ // where DNS alone was asked
			Prior: Common,
			Best:  Possible,
			Needs: Predictions{observe.DNSUDP.Is(observe.Silent)},
			Must: Predictions{
				observe.APITCP.Is(observe.Silent), observe.APIDirect.Is(observe.Silent), observe.Unassigned.Is(observe.Silent), observe.ControlOther.Is(observe.Silent),
				observe.DNSResolver.Is(observe.OfCluster), observe.DNSSend.Is(observe.Sent), observe.NetDropped.Is(false),
			},
		},
			nothingLeaves(Form{Proof: selected, Needs: Predictions{observe.Control.Is(observe.Silent)}}),
			nothingLeaves(Form{Must: Predictions{observe.DNSUDP.Not(observe.Answers)}}), // no other Service IP of this family was tried
		},
		Consequences: dnsToo(observe.Silent),
		Confirm:      Confirm{Text: "run k8sdoctor in another namespace: if it passes, a policy of this namespace is the cause"},
		Similar: "Neither the nameserver's Service IP nor the API server answers. If another Service IP answers, it is " +
			"net.api-blocked; if the API server's own address answers, it is net.service-ips-dead. A default-deny egress " +
			"policy and a broken pod network look the same from inside: test a pod on the same node that the policy does not " +
			"select.",
		Fix: allowOrAsk,
	}
}

// nothingLeaves adds to a form what shows where no packet of the pod leaves it.
func nothingLeaves(f Form) Form {
	f.Prior = Common
	f.Needs = append(Predictions{observe.APITCP.Is(observe.Silent)}, f.Needs...)
	f.Must = all(leavesPod, f.Must, Predictions{
		observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Silent), observe.ControlOther.Is(observe.Silent),
		observe.Endpoint.Is(observe.Silent), observe.NetNextHop.Is(observe.HopKnown),
	})
	f.Usual = Predictions{observe.Unassigned.Is(observe.Silent)}
	f.Doubt = Predictions{observe.EnvHost.Is(observe.VariableFine)} // a policy may allow the internet
	return f
}
