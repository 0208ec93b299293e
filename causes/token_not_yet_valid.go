package causes

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func tokenNotYetValid() *Page {
	return &Page{
		Code:   "token.not-yet-valid",
		Alone:  Likely,
		Title:  "the token is not valid yet: a clock is wrong, or was wrong when it was issued",
		Remedy: "correct the clocks, then replace the pod",
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
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/124022",
			"https://github.com/kube-rbac-proxy/kube-rbac-proxy/issues/247",
		},
		Similar: "The token is valid only after the time in the server's Date header. If only this pod's clock is behind, the " +
			"server accepts the token and it is token.clock-skew.",
		Fix: func(in Input) []Step {
			return append([]Step{
				look("which other pods have such a token? Those that were started, or whose token was renewed, "+issuedWrongly(in)+" until that clock was set",
					"kubectl get pods -A --sort-by=.status.startTime -o custom-columns=IN:.metadata.namespace,NAME:.metadata.name,ON:.spec.nodeName,STARTED:.status.startTime",
					when("started in that time, or running longer than it", 2)),
				ask(admin, "is the clock of each control-plane node right now? As long as one is wrong, new pods get such tokens, too").with(asksClocks).at(onEachServer),
				byHand(4, 5), ownVolume,
			}, restart(5, "once the clocks are right, a new pod gets a new token"+validItself(in))...)
		},
	}
}

// issuedWrongly says from when on tokens are known to have been issued by the wrong clock.
func issuedWrongly(in Input) string {
	written := observe.TokenWritten.In(in.Seen)
	if written.IsZero() || !observe.TokenNotBefore.In(in.Seen).After(written) {
		return "while the clock of a control-plane node was ahead,"
	}
	return "from " + written.UTC().Format(time.RFC3339) + " or earlier, by the clock of node NODE,"
}

func validItself(in Input) string {
	from := observe.TokenNotBefore.In(in.Seen)
	if from.IsZero() {
		return ""
	}
	return " (this one becomes valid by itself from " + from.UTC().Format(time.RFC3339) + " on, by the server's clock)"
}
