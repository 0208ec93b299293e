package diagnosis

const (
	publishedCA = `kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' | openssl x509 -noout -subject -fingerprint -sha256`
	servedChain = "openssl s_client -connect API_HOSTPORT -showcerts </dev/null"

	// The configuration keeps the names that the certificate has already.
	kubeadmConfig = "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > kubeadm.yaml"
	newServerCert = "mv /etc/kubernetes/pki/apiserver.* ~/ && kubeadm init phase certs apiserver --config kubeadm.yaml"
	newServer     = "crictl rm -f $(crictl ps -q --name kube-apiserver)"
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
		Fix: steps(
			publishedCA,
			"# on a control-plane node; if it differs, have ca.crt published again, then restart pods:",
			"openssl x509 -noout -subject -fingerprint -sha256 -in /etc/kubernetes/pki/ca.crt",
			"kubectl -n NAMESPACE delete configmap kube-root-ca.crt",
		),
	},
	{
		Code: "tls.foreign-server", Confidence: Possible,
		Title: "another server than the API server answers at its address",
		Apart: "The certificate names neither this host nor kubernetes.default.svc, and its issuer is not one of ca.crt. With the API " +
			"server's names in it, it is tls.unknown-ca; with an interceptor's issuer, tls.intercepted.",
		Fix: steps(
			"# whose certificate is it? Is that address used twice?",
			servedChain,
			"kubectl -n default get service kubernetes",
			listEndpoints,
		),
	},
	{
		Code: "tls.intercepted", Confidence: Possible,
		Title: "a proxy opens TLS on the way and presents a certificate of its own",
		Apart: "The issuer is known to open TLS on the way. A made-up issuer name cannot be told from a real one, which is why this is" +
			" never certain; another path to the same server without that issuer decides. A server with the right issuer name and " +
			"another key is tls.ca-rekeyed.",
		Fix: steps(
			"# whose certificate is it? Have that proxy leave out API_HOSTPORT",
			servedChain,
		),
	},
	{
		Code: "tls.self-signed", Confidence: Possible,
		Title: "the API server presents a certificate that it signed itself, not one of the cluster's CA",
		Apart: "The certificate is signed with its own key: the name alone proves nothing, as a re-made CA has the old name (tls.ca-" +
			"rekeyed). Several such certificates over fresh connections are tls.mixed-servers.",
		Fix: steps(
			kubeadmConfig,
			"# on each control-plane node whose certificate is not of the cluster's CA (kubeadm):",
			newServerCert,
			newServer,
		),
	},
	{
		Code: "tls.mixed-servers", Confidence: Possible,
		Title: "the API servers behind the service IP have certificates of different CAs",
		Apart: "Fresh connections to the same address meet certificates of which some verify and some do not. One and the same failing" +
			" certificate every time is one of the other tls codes.",
		Fix: steps(
			"# on each control-plane node; both lines must be the same everywhere:",
			"openssl x509 -noout -fingerprint -sha256 -in /etc/kubernetes/pki/ca.crt",
			"openssl x509 -noout -issuer -in /etc/kubernetes/pki/apiserver.crt",
		),
	},
	{
		Code: "tls.unknown-ca", Confidence: Possible,
		Title: "the server's certificate is not signed by the CA in ca.crt: an old ca.crt, or another server",
		Apart: "The chain does not end in ca.crt, and none of the signs of another cause is there: no shared issuer name (tls.ca-" +
			"rekeyed), no interceptor (tls.intercepted), not self-signed (tls.self-signed). The names in it do fit; otherwise it " +
			"would be tls.foreign-server.",
		Fix: steps(
			"# who issued what is served, and what does the cluster publish?",
			servedChain,
			publishedCA,
			"# the same CA: restart the pod. Another one: it is not the API server that answers",
		),
	},
	{
		Code: "tls.host-not-covered", Confidence: Certain,
		Title: "the API server's certificate does not name the address at which pods look for it",
		Apart: "The chain verifies, so it is the right server, and its certificate lacks the host that pods use. Go reports the name " +
			"before the chain, so that a foreign server (tls.foreign-server) reads the same in its log: here the chain was checked " +
			"first.",
		Fix: steps(
			kubeadmConfig,
			"# add API_HOST to apiServer.certSANs in it, then on each control-plane node (k3s: --tls-san):",
			newServerCert,
			newServer,
		),
	},
	{
		Code: "tls.name-not-covered", Confidence: Certain, Warning: true,
		Title: "the API server's certificate does not name kubernetes.default.svc, which Kubernetes does not promise",
		Apart: "The address is covered and the DNS name is not. Clients that dial the address work; when the address is not covered " +
			"either, it is tls.host-not-covered.",
		Fix: steps(
			kubeadmConfig,
			"# have clients dial $KUBERNETES_SERVICE_HOST; or add the name to apiServer.certSANs in it, then on each control-plane node:",
			newServerCert,
			newServer,
		),
	},
	{
		Code: "tls.expired", Confidence: Likely,
		Title: "a certificate of the API server, or the CA that signed it, has expired",
		Apart: "The server's own clock, where it could be read, says so too; when only this pod's clock does, it is token.clock-skew. " +
			"An expired ca.crt is volume.ca-expired.",
		Fix: steps(
			"# on each control-plane node (kubeadm; k3s: systemctl restart k3s), then restart its containers:",
			"kubeadm certs check-expiration",
			"kubeadm certs renew all",
			newServer,
		),
	},
	{
		Code: "tls.not-yet-valid", Confidence: Likely,
		Title: "a certificate of the API server is not valid yet: it was made by a clock that was ahead",
		Apart: "The server's own clock, where it could be read, is not there yet either. When only this pod's clock is behind, it is " +
			"token.clock-skew.",
		Fix: steps(
			"# mend the clocks first, on node NODE too; then the certificate, on each control-plane node (kubeadm):",
			"timedatectl",
			"kubeadm certs renew apiserver",
			newServer,
		),
	},
	{
		Code: "tls.expires-soon", Confidence: Likely, Warning: true,
		Title: "a certificate of the API server, or the CA that signed it, ends within two weeks",
		Apart: "All dates are still good, and one ends within two weeks. After that day it is tls.expired.",
		Fix: steps(
			"# on each control-plane node (kubeadm; k3s: systemctl restart k3s), then restart its containers:",
			"kubeadm certs check-expiration",
			"kubeadm certs renew all",
			newServer,
		),
	},
	{
		Code: "tls.no-common-version", Confidence: Possible,
		Title: "client and server have no TLS version or cipher in common",
		Apart: "The server ends the handshake with an alert about version or cipher. A connection closed without an alert is net.mesh-" +
			"intercepts or net.sni-required.",
		Fix: steps(
			"# on a control-plane node; wanted are TLS 1.2 or 1.3 and ciphers that clients have:",
			"grep -- --tls- /etc/kubernetes/manifests/kube-apiserver.yaml",
		),
	},
	{
		Code: "tls.not-tls", Confidence: Certain,
		Title: "what answers at the API server's address speaks plain HTTP, not TLS",
		Apart: "The first bytes that come back are an HTTP answer. Bytes that are neither TLS nor HTTP are tls.foreign-server.",
		Fix: steps(
			"# the Service must lead to the API servers' TLS port:",
			"kubectl -n default get service kubernetes -o yaml",
			listEndpoints,
		),
	},
	{
		Code: "tls.strict-clients", Confidence: Likely, Warning: true,
		Title: "the certificates satisfy Go and break a rule that stricter clients keep (Python 3.13, Java, rustls)",
		Apart: "Go accepts the chain, and a rule that stricter clients keep is broken: the evidence names it. A chain that Go refuses " +
			"is one of the other tls codes.",
		Fix: steps(
			"# see the extensions of the server's certificate; the CA may have to be made anew:",
			servedChain+" | openssl x509 -noout -text",
			"# until then, with Python 3.13: a client release that clears VERIFY_X509_STRICT only",
		),
	},
}
