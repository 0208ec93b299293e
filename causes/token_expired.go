package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenExpired = Page{
	Code:  "token.expired",
	Alone: Likely,
	Title: "the token has expired, and the file has no new one",
	Forms: []Form{
		{
			Prior: Common,
			Proof: Predictions{observe.TokenTimeServer.Is(observe.Past)},
			Must:  Predictions{observe.TokenTimePod.Is(observe.Past)},
		},
		{ // within a minute of its end the two clocks may see it differently
			Prior: Uncommon,
			Needs: Predictions{observe.TokenTimeServer.Is(observe.Past)},
			Must:  Predictions{observe.TokenTimePod.Is(observe.Now), observe.ClockSkew.Is(observe.ClocksAgree)},
		},
		{ // the server was not asked
			Prior: Common,
			Needs: Predictions{observe.TokenTimePod.Is(observe.Past)},
			Must:  Predictions{observe.TokenTimeServer.Is(observe.Past)},
		},
	},
	Consequences: append(anywhere(observe.Unauthorized), observe.TokenTimePod.Is(observe.Past)),
	Decide:       serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/77651",
		"https://github.com/kubernetes-client/java/issues/2110",
	},
	Similar: "The server's Date header is later than the token's expiry. If only this pod's clock is, the server accepts the " +
		"token and it is token.clock-skew. A program can keep an expired token in memory while the file has a new one.",
	Fix: func(Input) []Step {
		return append([]Step{byHand(2, 3), ownVolume}, append(restart(3, "a new pod gets a new token"),
			ask(nodeAdmin, "if it happens again, the kubelet cannot renew tokens: check its log").with("journalctl -u kubelet --since -1h | grep -i token").at(onNode))...)
	},
}
