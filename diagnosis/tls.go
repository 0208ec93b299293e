package diagnosis

const (
	publishedCA = `kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' | openssl x509 -noout -subject -fingerprint -sha256`
	// trustedCA is the CA of the kubeconfig in use.
	trustedCA   = "kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | openssl x509 -noout -subject -fingerprint -sha256"
	servedChain = "openssl s_client -connect API_HOSTPORT -showcerts </dev/null"
	servedNames = servedChain + " | openssl x509 -noout -subject -ext subjectAltName"

	// The configuration keeps the names that the certificate has already.
	kubeadmConfig = "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > kubeadm.yaml"
	newServerCert = "cp -p /etc/kubernetes/pki/apiserver.* ~/ && rm /etc/kubernetes/pki/apiserver.* && kubeadm init phase certs apiserver --config kubeadm.yaml"
	newServer     = "crictl rm -f $(crictl ps -q --name kube-apiserver)"
	makeAnew      = kubeadmConfig + " && test -s kubeadm.yaml &&\n" + newServerCert + " &&\n" + newServer
	newServers    = "crictl rm -f $(crictl ps -q --name 'kube-apiserver|kube-controller-manager|kube-scheduler|etcd')"
)

// Certificates. What a chain that verifies says of itself is certain; for one
// that does not verify, the name in it is anybody's word.
var tlsCauses = []Cause{
	{
		Code: "tls.ca-rekeyed", Confidence: Possible,
		Title: "the cluster's CA was replaced by one of the same name, and ca.crt holds the old one",
		Apart: "The issuer's name is that of a certificate in ca.crt and its key is not. Another issuer's name is tls.foreign-server, " +
			"tls.intercepted or tls.unknown-ca. If the file is newer than process 1, the file is right and a long-running program " +
			"holds the old one.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
					when("the same: the pod's ca.crt is older", 2),
					when("another", 6)),
				byHand(3, 4), ownVolume,
			}, append(restart(4, "a new pod gets the present ca.crt, and a program that holds the old one forgets it"),
				ask(admin, "give kube-controller-manager the present CA (--root-ca-file); it then writes every kube-root-ca.crt anew"))...)
		},
	},
	{
		Code: "tls.foreign-server", Confidence: Possible,
		Title: "another server than the API server answers at its address",
		Apart: "The certificate names neither this host nor kubernetes.default.svc, and its issuer is not one of ca.crt. With the API " +
			"server's names in it, it is tls.unknown-ca; with an interceptor's issuer, tls.intercepted.",
		Fix: steps(
			look("is API_HOST the Service's address?", showService+"\n"+listEndpoints,
				whenThen("the pod was given another one", "see env.overridden"),
				when("yes", 2)),
			look("whose certificate is it? Is that address used twice?", servedChain, when("that of another server", 3)).at(onNode),
			ask(network, "who else answers at API_HOST, port API_PORT?"),
		),
	},
	{
		Code: "tls.intercepted", Confidence: Possible,
		Title: "a proxy opens TLS on the way and presents a certificate of its own",
		Apart: "The issuer is known to open TLS on the way. A made-up issuer name cannot be told from a real one, which is why this is" +
			" never certain; another path to the same server without that issuer decides. A server with the right issuer name and " +
			"another key is tls.ca-rekeyed.",
		Fix: steps(
			look("whose certificate is it?", servedChain, when("that of a proxy or firewall", 2)).at(onNode),
			ask("who runs the proxy that the issuer names", "leave API_HOST, port API_PORT, unopened"),
		),
	},
	{
		Code: "tls.self-signed", Confidence: Possible,
		Title: "the API server presents a certificate that it signed itself, not one of the cluster's CA",
		Apart: "The certificate is signed with its own key: the name alone proves nothing, as a re-made CA has the old name (tls.ca-" +
			"rekeyed). Several such certificates over fresh connections are tls.mixed-servers.",
		Fix: steps(
			look("which API server does not have a certificate of the cluster's CA?", "openssl x509 -noout -issuer -subject -in /etc/kubernetes/pki/apiserver.crt", when("one whose issuer is itself", 2)).at(onEachServer),
			ask(admin, "make its certificate anew (kubeadm; localAPIEndpoint.advertiseAddress in kubeadm.yaml where the node has several addresses)").with(makeAnew).at(onControlPlane),
		),
	},
	{
		Code: "tls.mixed-servers", Confidence: Possible,
		Title: "the API servers behind the service IP have certificates of different CAs",
		Apart: "Fresh connections to the same address meet certificates of which some verify and some do not. One and the same failing" +
			" certificate every time is one of the other tls codes.",
		Fix: steps(
			look("are both lines the same everywhere?",
				"openssl x509 -noout -fingerprint -sha256 -in /etc/kubernetes/pki/ca.crt\nopenssl x509 -noout -issuer -in /etc/kubernetes/pki/apiserver.crt", when("one server differs", 2)).at(onEachServer),
			ask(admin, "give that server the CA and a certificate of the others"),
		),
	},
	{
		Code: "tls.unknown-ca", Confidence: Possible,
		Title: "the server's certificate is not signed by the CA in ca.crt: an old ca.crt, or another server",
		Apart: "The chain does not end in ca.crt, and none of the signs of another cause is there: no shared issuer name (tls.ca-" +
			"rekeyed), no interceptor (tls.intercepted), not self-signed (tls.self-signed). The names in it do fit; otherwise it " +
			"would be tls.foreign-server.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
					when("the same: look who answers", 2),
					when("another", 7)),
				look("who issued what is served?", servedChain,
					when("that CA: the pod's ca.crt is another", 3),
					whenThen("another", "it is not the API server that answers this pod: see tls.foreign-server")).at(onNode),
				byHand(4, 5), ownVolume,
			}, append(restart(5, "a new pod gets the present ca.crt"),
				ask(admin, "give kube-controller-manager the CA that signs the API server's certificate (--root-ca-file)"))...)
		},
	},
	{
		Code: "tls.host-not-covered", Confidence: Certain,
		Title: "the API server's certificate does not name the address at which pods look for it",
		Apart: "The chain verifies, so it is the right server, and its certificate lacks the host that pods use. Go reports the name " +
			"before the chain, so that a foreign server (tls.foreign-server) reads the same in its log: here the chain was checked " +
			"first.",
		Fix: steps(
			look("which names does the certificate have?", servedNames, whenThen("names of other software", "it is not the API server: see tls.foreign-server"), when("the API server's, without API_HOST", 2)).at(onNode),
			ask(admin, "add API_HOST to apiServer.certSANs in kubeadm.yaml before the second line (k3s: --tls-san); the API server restarts").
				with(makeAnew).at(onEachServer),
		),
	},
	{
		Code: "tls.name-not-covered", Confidence: Certain, Warning: true,
		Title: "the API server's certificate does not name kubernetes.default.svc, which Kubernetes does not promise",
		Apart: "The address is covered and the DNS name is not. Clients that dial the address work; when the address is not covered " +
			"either, it is tls.host-not-covered.",
		Fix: steps(
			ask("who writes the program", "dial $KUBERNETES_SERVICE_HOST, which the certificate covers; Kubernetes does not promise the name"),
			ask(admin, "or add the name to apiServer.certSANs in kubeadm.yaml before the second line; the API server restarts").
				with(makeAnew).at(onEachServer),
		),
	},
	{
		Code: "tls.expired", Confidence: Likely,
		Title: "a certificate of the API server, or the CA that signed it, has expired",
		Apart: "The server's own clock, where it could be read, says so too; when only this pod's clock does, it is token.clock-skew. " +
			"An expired ca.crt is volume.ca-expired.",
		Fix: steps(
			look("which certificates end, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
			ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); all of the control plane restarts. A CA that ends is not renewed by this: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
		),
	},
	{
		Code: "tls.not-yet-valid", Confidence: Likely,
		Title: "a certificate of the API server is not valid yet: it was made by a clock that was ahead",
		Apart: "The server's own clock, where it could be read, is not there yet either. When only this pod's clock is behind, it is " +
			"token.clock-skew.",
		Fix: steps(
			look("which clock is wrong?", asksClocks, when("one", 2)).at("on node NODE and on each control-plane node"),
			ask(admin, "set it; then make the certificate anew (kubeadm); the API server restarts").with("kubeadm certs renew apiserver &&\n"+newServer).at(onEachServer),
		),
	},
	{
		Code: "tls.expires-soon", Confidence: Likely, Warning: true,
		Title: "a certificate of the API server, or the CA that signed it, ends within two weeks",
		Apart: "All dates are still good, and one ends within two weeks. After that day it is tls.expired.",
		Fix: steps(
			look("which certificates end, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
			ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); all of the control plane restarts. A CA that ends is not renewed by this: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
		),
	},
	{
		Code: "tls.no-common-version", Confidence: Possible,
		Title: "client and server have no TLS version or cipher in common",
		Apart: "The server ends the handshake with an alert about version or cipher. A connection closed without an alert is net.mesh-" +
			"intercepts or net.sni-required.",
		Fix: steps(
			look("what does the API server accept?", "grep -- --tls- /etc/kubernetes/manifests/kube-apiserver.yaml", when("neither TLS 1.2 nor 1.3, or ciphers that no client has", 2)).at(onControlPlane),
			ask(admin, "allow TLS 1.2 or 1.3, and ciphers that clients have"),
		),
	},
	{
		Code: "tls.not-tls", Confidence: Certain,
		Title: "what answers at the API server's address speaks plain HTTP, not TLS",
		Apart: "The first bytes that come back are an HTTP answer. Bytes that are neither TLS nor HTTP are tls.foreign-server.",
		Fix: steps(
			look("does the Service lead to the API servers' TLS port?", "kubectl -n default get service kubernetes -o yaml\n"+listEndpoints,
				when("no", 2), when("yes: a proxy on the way answers", 3)),
			ask(admin, "correct the port: kube-apiserver keeps the Service and its EndpointSlice itself, by --secure-port"),
			ask(network, "which proxy answers at API_HOST, port API_PORT, in plain HTTP?"),
		),
	},
	{
		Code: "tls.strict-clients", Confidence: Likely, Warning: true,
		Title: "the certificates satisfy Go and break a rule that stricter clients keep (Python 3.13, Java, rustls)",
		Apart: "Go accepts the chain, and a rule that stricter clients keep is broken: the evidence names it. A chain that Go refuses " +
			"is one of the other tls codes.",
		Fix: steps(
			look("which extensions does the server's certificate have?", servedChain+" | openssl x509 -noout -text", when("the one that the evidence names is missing or wrong", 2)).at(onNode),
			ask(admin, "make the certificate, perhaps also the CA, anew; until then, with Python 3.13, use a client release that clears VERIFY_X509_STRICT only"),
		),
	},
}
