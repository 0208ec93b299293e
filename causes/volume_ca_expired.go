package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeCaExpired = Page{
	Code:  "volume.ca-expired",
	Alone: Possible,
	Title: "every CA certificate in ca.crt is out of its validity",
	Forms: []Form{{Prior: Common, Needs: Predictions{observe.VolumeCAValidity.Is(observe.Past, observe.Future)}}},
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/120890",
	},
	Decide: "date -u on node NODE: is its clock right?",
	Apart: "The dates in ca.crt are compared with this pod's clock, so a wrong clock looks the same (token.clock-skew): the " +
		"server's Date header decides. An expired certificate of the server alone is tls.expired.",
	Fix: steps(
		byHand(2, 3), ownVolume,
		look("is the clock of node NODE right?", asksClocks,
			whenThen("no", "set it; the CA may be good"),
			when("yes", 4)).at(onNode),
		ask(admin, "the cluster's CA has to be renewed").with("kubeadm certs check-expiration").at(onControlPlane),
	),
}
