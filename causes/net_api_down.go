package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netApiDown() *Page {
	return &Page{
		Code:   "net.api-down",
		Alone:  Possible,
		Title:  "no API server listens behind the Service IP",
		Reach:  EveryPod,
		Remedy: "start the API server, or remove the outdated address",
		Forms: []Form{
			{
				Prior: Common,
				Needs: Predictions{observe.APITCP.Is(observe.Refuses)},
				Must:  all(leavesPod, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers)}),
				Usual: Predictions{observe.Unassigned.Is(silences...), observe.Endpoint.Not(observe.Answers), observe.RefusedBy.Is(observe.ByReset)},
				Doubt: Predictions{observe.EnvHost.Is(observe.VariableFine), observe.DNSName.Not(observe.OtherAddress)},
			},
			{ // Cilium without kube-proxy, where API servers that ended took their endpoints along
				Prior: Rare,
				Needs: Predictions{observe.APITCP.Is(observe.Denied)},
				Must:  all(notKept, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.RefusedBy.Is(observe.NoPacket)}),
				Usual: Predictions{observe.Unassigned.Is(silences...)},
			},
			besideElsewhere(observe.NetName.Is(observe.Refuses)),
			{ // the Service leads to an old address
				Prior: Uncommon,
				Needs: Predictions{observe.APITCP.Is(observe.Silent), observe.Endpoint.Is(observe.Answers)},
				Must:  all(leavesPod, Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.Control.Is(observe.Answers)}),
			},
		},
		Consequences: apiGone,
		Confirm:      Confirm{Command: listEndpoints, Text: "is every address that of a running API server?"},
		Similar: "The API server's address refuses connections while an unassigned address does not answer, so it is not a policy " +
			"that rejects everything (net.policy-rejects). Where a mesh redirects to a " +
			"proxy that does not listen (net.mesh-not-ready), this pod's own kernel sends the reset.",
		Fix: func(in Input) []Step {
			return []Step{
				look("does the API server answer from elsewhere?", askReady+"\n"+listEndpoints,
					when("no", 2),
					when("yes: something rejects this pod", 3),
					whenThen("yes, and an address here is not that of a server that is up", "correct or remove that API server")),
				ask(admin, "start the API server").with("crictl ps -a --name kube-apiserver; journalctl -u kubelet --since -10min | grep -i apiserver").at(onControlPlane),
				isolated(4, 5), allowAPI(in), onThePath(in),
			}
		},
	}
}
