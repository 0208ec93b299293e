package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsNameNotCovered() *Page {
	return &Page{
		Code:  "tls.name-not-covered",
		Alone: Certain, Warning: true,
		Title:  "the API server's certificate does not cover kubernetes.default.svc; Kubernetes does not guarantee it",
		Remedy: "use $KUBERNETES_SERVICE_HOST, or add the name to apiServer.certSANs",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.TLSCoversName.Is(false)}, Must: Predictions{observe.TLSCoversHost.Is(true)}}},
		Similar: "The certificate covers the address and not the DNS name. Clients that use the address work; if it does not cover " +
			"the address either, it is tls.host-not-covered.",
		Sources: []string{
			"https://github.com/k3s-io/k3s/issues/3392",
			"https://github.com/rancher/rke2/issues/1112",
		},
		Fix: steps(
			ask("the developers of the program", "use $KUBERNETES_SERVICE_HOST, which the certificate covers; Kubernetes does not guarantee the name"),
			ask(admin, "or add the name to apiServer.certSANs in kubeadm.yaml after the first line; the API server restarts").
				with(recreateServerCert).at(onEachServer),
		),
	}
}
