package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsExpired() *Page {
	return &Page{
		Code:   "tls.expired",
		Alone:  Likely,
		Title:  "a certificate of the API server, or the CA that signed it, has expired",
		Remedy: "renew the certificates on each control-plane node (kubeadm certs renew all)",
		Forms: []Form{{
			Prior: Common,
			Proof: Predictions{observe.TLSServerClock.Is(observe.ClockConfirms)},
			Needs: Predictions{observe.TLSValidity.Is(observe.Past)},
			Must:  Predictions{observe.TLSServerClock.Not(observe.ClockContradicts)},
		}},
		Consequences: sidecarToo,
		Confirm:      Confirm{Where: "on node NODE and on a control-plane node", Command: "date -u", Text: "are both clocks right?"},
		Similar: "The server's own clock, if known, says so too; if only this pod's clock does, it is token.clock-skew. An expired " +
			"ca.crt is volume.ca-expired.",
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/120890",
			"https://github.com/rancher/rancher/issues/41776",
		},
		Fix: steps(
			look("which certificates expire, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
			ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); the whole control plane restarts. This does not renew a CA: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
		),
	}
}
