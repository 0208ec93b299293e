package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenNotYetValid = Page{
	Code:  "token.not-yet-valid",
	Alone: Likely,
	Title: "the token is not valid yet by the server's clock: it was issued by a clock that was ahead",
	Forms: []Form{
		{
			Prior: Uncommon, // the clock of a control-plane node was ahead, and was set since
			Proof: Predictions{observe.TokenTimeServer.Is(observe.Future)},
			Must:  Predictions{observe.TokenTimePod.Is(observe.Future)},
		},
		{ // within a minute of its beginning the two clocks may see it differently
			Prior: Rare,
			Needs: Predictions{observe.TokenTimeServer.Is(observe.Future)},
			Must:  Predictions{observe.TokenTimePod.Is(observe.Now), observe.ClockSkew.Is(observe.ClocksAgree)},
		},
		{ // the server was not asked
			Prior: Uncommon,
			Needs: Predictions{observe.TokenTimePod.Is(observe.Future)},
			Must:  Predictions{observe.TokenTimeServer.Is(observe.Future)},
		},
	},
	Consequences: append(anywhere(observe.Unauthorized), observe.TokenTimePod.Is(observe.Future)),
	Decide:       serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/124022",
		"https://github.com/kube-rbac-proxy/kube-rbac-proxy/issues/247",
	},
	Similar: "The token is valid only after the time in the server's Date header. If only this pod's clock is behind, the " +
		"server accepts the token and it is token.clock-skew.",
	Fix: func(Input) []Step {
		return append([]Step{
			byHand(2, 3), ownVolume,
			ask(admin, "set the clock of the control-plane node that is wrong").with(asksClocks).at(onEachServer),
		}, restart(4, "afterwards, a new pod gets a new token")...)
	},
}
