package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsNameNotCovered = Page{
	Code:  "tls.name-not-covered",
	Alone: Certain, Warning: true,
	Title: "the API server's certificate does not name kubernetes.default.svc, which Kubernetes does not promise",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.TLSCoversName.Is(false)}, Must: Predictions{observe.TLSCoversHost.Is(true)}}},
	Apart: "The address is covered and the DNS name is not. Clients that dial the address work; when the address is not covered " +
		"either, it is tls.host-not-covered.",
	Sources: []string{
		"https://github.com/k3s-io/k3s/issues/3392",
		"https://github.com/rancher/rke2/issues/1112",
	},
	Fix: steps(
		ask("who writes the program", "dial $KUBERNETES_SERVICE_HOST, which the certificate covers; Kubernetes does not promise the name"),
		ask(admin, "or add the name to apiServer.certSANs in kubeadm.yaml before the second line; the API server restarts").
			with(makeAnew).at(onEachServer),
	),
}
