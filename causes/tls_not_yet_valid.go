package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsNotYetValid = Page{
	Code:  "tls.not-yet-valid",
	Alone: Likely,
	Title: "a certificate of the API server is not valid yet: it was made by a clock that was ahead",
	Forms: []Form{{
		Prior: Uncommon, // clocks that run behind are more common
		Needs: Predictions{observe.TLSValidity.Is(observe.Future)},
		Must:  Predictions{observe.TLSServerClock.Not(observe.ClockContradicts)},
	}},
	Brings: sidecarToo,
	Decide: "date on node NODE and on a control-plane node: both may be behind",
	Apart: "The server's own clock, where it could be read, is not there yet either. When only this pod's clock is behind, it is " +
		"token.clock-skew.",
	Fix: steps(
		look("which clock is wrong?", asksClocks, when("one", 2)).at("on node NODE and on each control-plane node"),
		ask(admin, "set it; then make the certificate anew (kubeadm); the API server restarts").with("kubeadm certs renew apiserver &&\n"+newServer).at(onEachServer),
	),
}
