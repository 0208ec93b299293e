package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsExpiresSoon() *Page {
	return &Page{
		Code:  "tls.expires-soon",
		Alone: Likely, Warning: true,
		Title:   "a certificate of the API server, or the CA that signed it, expires within two weeks",
		Remedy:  "renew the certificates on each control-plane node (kubeadm certs renew all)",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.TLSValidity.Is(observe.Soon)}}},
		Similar: "All certificates are still valid, and one expires within two weeks. After that it is tls.expired.",
		Fix: steps(
			look("which certificates expire, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
			ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); the whole control plane restarts. This does not renew a CA: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
		),
	}
}
