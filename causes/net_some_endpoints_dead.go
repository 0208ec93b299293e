package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netSomeEndpointsDead() *Page {
	return &Page{
		Code:   "net.some-endpoints-dead",
		Alone:  Possible,
		Title:  "one API server behind the Service IP is down but still receives connections",
		Remedy: "repair or remove that API server; if all are up, restart kube-proxy on node NODE",
		Forms: []Form{
			{
				Prior: Common,
				Needs: Predictions{observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.AgainConnects.AtLeast(1)},
				Must:  Predictions{observe.APIFails.Between(0.2, 0.8)},
				Usual: Predictions{observe.APILate.None(), observe.AgainLate.None()},
				// a dead server answers no second SYN either, and goes on failing
				Doubt: append(Predictions{observe.AgainConnects.Part()}, lostPackets...),
			},
			{
				Prior: Common,
				Needs: Predictions{observe.APITCP.Not(observe.Answers, observe.NoSocket), observe.APIFails.Part()},
				Must:  Predictions{observe.APIFails.Between(0.2, 0.8)},
				Usual: Predictions{observe.APILate.None(), observe.AgainLate.None()},
				Doubt: lostPackets,
			},
			{
				Prior: Uncommon,
				Needs: Predictions{
					observe.TLSHandshake.Is(observe.HandshakeSilent, observe.HandshakeClosed, observe.NoConnection), observe.FreshVerified.AtLeast(1),
				},
				Must:  Predictions{observe.FreshVerified.Between(0.2, 0.8)},
				Doubt: lostPackets,
			},
			{ // packets that are dropped on the pod's own node, by its rules: the second SYN may go to another server
				Prior: Rare,
				Needs: Predictions{observe.APILate.AtLeast(1)},
				Must: Predictions{
					observe.APITCP.Is(observe.Answers, observe.Silent), observe.APILate.Between(0.2, 0.7), observe.APIFails.Between(0, 0.8),
					observe.APIRefused.None(), observe.ConntrackFull.Is(false),
				},
			},
			{
				Prior: Uncommon,
				Needs: Predictions{observe.TLSHandshake.Is(observe.NoConnection)},
			},
		},
		Consequences: all(Predictions{observe.TLSHandshake.Is(observe.NoConnection, observe.HandshakeSilent, observe.HandshakeClosed)}, givenWorks, apiGone, noResponse),
		Confirm:      Confirm{Command: listEndpoints, Text: "is every address that of a running API server?"},
		Similar: "Of several fresh connections, some fail and some succeed at once. With packet loss (net.lossy) nearly all " +
			"succeed, but after one, three or seven seconds; where all are late, it is net.first-syn-dropped. A failure that does " +
			"not come again can be the end of net.not-ready-yet.",
		Fix: func(Input) []Step {
			return append([]Step{
				look("is every address here that of a control-plane node that is up?", listEndpoints+"\nkubectl get nodes -o wide",
					whenThen("no", "ask "+admin+" to correct that API server, or to remove it"),
					when("yes: the rules on node NODE may be outdated", 2)),
			}, kubeProxy(2)...)
		},
	}
}

// lostPackets is what keeps a dead server from being likely: that packets get lost,
// whatever they are for.
var lostPackets = Predictions{observe.APILate.None(), observe.AgainLate.None(), observe.DNSResent.Is(false), observe.DNSStalls.Not(observe.StallsAll)}
