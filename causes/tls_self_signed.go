package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsSelfSigned() *Page {
	return &Page{
		Code:  "tls.self-signed",
		Alone: Possible, Best: Possible,
		Title:  "the API server presents a self-signed certificate, not one of the cluster's CA",
		Remedy: "issue the API server's certificate from the cluster's CA",
		Forms: []Form{{
			Prior: Uncommon, // every installer signs with a CA
			Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerItself)},
			Must:  Predictions{observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopOther)},
			Usual: Predictions{observe.TLSNamesAPI.Is(true), observe.Unassigned.Not(observe.Answers)},
		}},
		Consequences: sidecarToo,
		Confirm:      compareServed,
		Similar: "The certificate is signed with its own key; the name alone proves nothing, as a rotated CA has the same name " +
			"(tls.ca-rekeyed). If some fresh connections get a certificate that verifies, it is tls.mixed-servers. Without " +
			"the API server's names, it may be of another server (tls.foreign-server).",
		Fix: steps(
			look("which API server has no certificate of the cluster's CA?", "openssl x509 -noout -issuer -subject -in /etc/kubernetes/pki/apiserver.crt", when("one whose issuer is itself", 2)).at(onEachServer),
			ask(admin, "recreate its certificate (kubeadm; set localAPIEndpoint.advertiseAddress in kubeadm.yaml if the node has several addresses)").with(recreateServerCert).at(onControlPlane),
		),
	}
}
