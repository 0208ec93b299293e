package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsSelfSigned = Page{
	Code:  "tls.self-signed",
	Alone: Possible, Best: Possible,
	Title: "the API server presents a certificate that it signed itself, not one of the cluster's CA",
	Forms: []Form{{
		Prior: Uncommon, // every installer signs with a CA
		Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerItself)},
		Must:  Predictions{observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopStranger)},
		Usual: Predictions{observe.TLSNamesAPI.Is(true), observe.Unassigned.Not(observe.Answers)},
	}},
	Brings: sidecarToo,
	Decide: compareServed,
	Apart: "The certificate is signed with its own key: the name alone proves nothing, as a re-made CA has the old name (tls.ca-" +
		"rekeyed). Where some fresh connections meet one that verifies, it is tls.mixed-servers; without the API server's names in " +
		"it, another server may have made it (tls.foreign-server).",
	Fix: steps(
		look("which API server does not have a certificate of the cluster's CA?", "openssl x509 -noout -issuer -subject -in /etc/kubernetes/pki/apiserver.crt", when("one whose issuer is itself", 2)).at(onEachServer),
		ask(admin, "make its certificate anew (kubeadm; localAPIEndpoint.advertiseAddress in kubeadm.yaml where the node has several addresses)").with(makeAnew).at(onControlPlane),
	),
}
