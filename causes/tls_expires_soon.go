package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsExpiresSoon = Page{
	Code:  "tls.expires-soon",
	Alone: Likely, Warning: true,
	Title: "a certificate of the API server, or the CA that signed it, ends within two weeks",
	Forms: []Form{{Prior: Common, Needs: Predictions{observe.TLSValidity.Is(observe.Soon)}}},
	Apart: "All dates are still good, and one ends within two weeks. After that day it is tls.expired.",
	Fix: steps(
		look("which certificates end, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
		ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); all of the control plane restarts. A CA that ends is not renewed by this: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
	),
}
