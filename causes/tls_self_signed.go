package causes

var tlsSelfSigned = Page{
	Code:  "tls.self-signed",
	Alone: Possible,
	Title: "the API server presents a certificate that it signed itself, not one of the cluster's CA",
	Apart: "The certificate is signed with its own key: the name alone proves nothing, as a re-made CA has the old name (tls.ca-" +
		"rekeyed). Several such certificates over fresh connections are tls.mixed-servers.",
	Fix: steps(
		look("which API server does not have a certificate of the cluster's CA?", "openssl x509 -noout -issuer -subject -in /etc/kubernetes/pki/apiserver.crt", when("one whose issuer is itself", 2)).at(onEachServer),
		ask(admin, "make its certificate anew (kubeadm; localAPIEndpoint.advertiseAddress in kubeadm.yaml where the node has several addresses)").with(makeAnew).at(onControlPlane),
	),
}
