package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsNotYetValid() *Page {
	return &Page{
		Code:   "tls.not-yet-valid",
		Alone:  Likely,
		Title:  "a certificate of the API server is not valid yet: a clock is wrong, or was wrong when it was issued",
		Remedy: "correct the clock, then renew the certificate",
		Forms: []Form{{
			Prior: Uncommon, // clocks that run behind are more common
			Needs: Predictions{observe.TLSValidity.Is(observe.Future)},
			Must:  Predictions{observe.TLSServerClock.Not(observe.ClockContradicts)},
		}},
		Consequences: sidecarToo,
		Confirm:      Confirm{Where: "on node NODE and on a control-plane node", Command: "date -u", Text: "is one behind? Both can be"},
		Similar: "By the server's own clock, if known, it is not valid yet either. If only this pod's clock is behind, it is " +
			"token.clock-skew.",
		Fix: steps(
			look("which clock is wrong?", asksClocks, when("one", 2)).at("on node NODE and on each control-plane node"),
			ask(admin, "set the clock, then renew the certificate (kubeadm); the API server restarts").with("kubeadm certs renew apiserver &&\n"+newServer).at(onEachServer),
		),
	}
}
