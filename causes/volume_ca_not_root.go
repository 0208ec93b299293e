package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaNotRoot() *Page {
	return &Page{
		Code:  "volume.ca-not-root",
		Alone: Certain, Warning: true,
		Title:  "ca.crt lacks the root CA; clients that need a self-signed root reject the API server",
		Remedy: "add the self-signed root to --root-ca-file of kube-controller-manager",
		Forms:  []Form{{Prior: Uncommon, Proof: Predictions{observe.TLSAnchor.Is(observe.AnchorIntermediate, observe.AnchorServer)}}},
		Sources: []string{
			"https://docs.openssl.org/3.0/man3/X509_VERIFY_PARAM_set_flags/",
		},
		Similar: "The certificate verifies for Go, curl and Java, which trust whatever is in ca.crt. OpenSSL asks for a root unless " +
			"X509_V_FLAG_PARTIAL_CHAIN is set, as Python does since 3.13. If Go rejects the chain as well, it is tls.unknown-ca " +
			"or tls.ca-rekeyed.",
		Fix: steps(
			byHand(2, 3), ownVolume,
			look("is the CA that the namespace publishes a root? Then its subject is its issuer",
				publishedPEM+" | openssl x509 -noout -subject -issuer",
				when("they differ: it is no root", 4),
				whenThen("they are the same", "it is a root: ca.crt in the pod is older, or another volume's")),
			ask(admin, "add the CA that signed it, up to the self-signed root, at the end of the --root-ca-file of kube-controller-manager; it then updates every kube-root-ca.crt. A root that the API server sends does not help"),
		),
	}
}
