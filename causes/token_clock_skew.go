package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenClockSkew() *Page {
	return &Page{
		Code:  "token.clock-skew",
		Alone: Likely, Warning: true,
		Title:  "the clocks of this node and of the API server differ by more than a minute",
		Remedy: "correct the wrong clock (timedatectl set-ntp true)",
		Forms: []Form{
			{
				Prior: Uncommon, // nodes have their time set, as a rule
				Needs: Predictions{observe.ClockSkew.Is(observe.PodAhead, observe.PodBehind)},
			},
			{ // the token is valid by one of the two clocks
				Prior: Uncommon,
				Needs: Predictions{
					observe.ClockSkew.Is(observe.PodAhead, observe.PodBehind), observe.TokenTimeServer.Is(observe.Past, observe.Future),
					observe.TokenTimePod.Is(observe.Now),
				},
				Must: Predictions{observe.TokenReview.Is(observe.Unauthorized)},
			},
			{ // and so is a certificate, so that no request could read the server's clock again
				Prior: Uncommon,
				Needs: Predictions{observe.TLSValidity.Is(observe.Past, observe.Future), observe.TLSServerClock.Is(observe.ClockContradicts)},
			},
		},
		Consequences: Predictions{observe.TokenTimePod.Is(observe.Past, observe.Future), observe.TokenOverdue.Is(true)},
		Confirm:      Confirm{Where: "on node NODE and on a control-plane node", Command: "date -u", Text: "which clock is wrong?"},
		Sources:      []string{"https://github.com/kubernetes/kubernetes/issues/124022"},
		Similar: "Both clocks are known from one answer. A token that is expired or not valid yet by the server's clock is " +
			"token.expired or token.not-yet-valid; a certificate that is invalid only by this pod's clock belongs here.",
		Fix: steps(
			look("which clock is wrong?", asksClocks, when("one is not synchronized", 2)).at("on node NODE and on each control-plane node"),
			ask(nodeAdmin, "set the clock").with("timedatectl set-ntp true"),
		),
	}
}
