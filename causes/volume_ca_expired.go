package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaExpired() *Page {
	return &Page{
		Code:   "volume.ca-expired",
		Alone:  Possible,
		Title:  "every CA certificate in ca.crt is expired or not valid yet",
		Remedy: "mount the standard volume, correct the clock of node NODE, or renew the cluster CA",
		Forms:  []Form{{Prior: Common, Needs: Predictions{observe.VolumeCAValidity.Is(observe.Past, observe.Future)}}},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/120890",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "date -u", Text: "is the clock right?"},
		Similar: "The dates in ca.crt are compared with this pod's clock, so a wrong clock looks the same (token.clock-skew): the " +
			"server's Date header shows which it is. If only the server's certificate is expired, it is tls.expired.",
		Fix: steps(
			byHand(2, 3), ownVolume,
			look("is the clock of node NODE right?", asksClocks,
				whenThen("no", "set the clock; the CA may be valid"),
				when("yes", 4)).at(onNode),
			ask(admin, "renew the cluster's CA").with("kubeadm certs check-expiration").at(onControlPlane),
		),
	}
}
