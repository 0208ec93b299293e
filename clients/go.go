package clients

const (
	notInCluster = "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"
	emptyToken   = `read empty token from file "{token}"`
	badHeader    = `net/http: invalid header field value for "Authorization"`
	noCA         = "Expected to load root CA config from {ca}, but got err: open {ca}: no such file or directory"
	deniedCA     = "Expected to load root CA config from {ca}, but got err: open {ca}: permission denied"
	brokenCA     = "Expected to load root CA config from {ca}, but got err: error creating pool from {ca}: ..."
	imageRoots   = "logs this, continues with the image's own root certificates, and does not trust the API server"

	readsKubeconfig = "uses the kubeconfig instead of the in-cluster configuration; that was not tried"
	padsTrimmed     = "trims the white space around the token; not every client does"
)

// goErrors are those of Go's standard library, as client-go returns them.
var goErrors = map[failureKind]string{
	noSuchHost:      "dial tcp: lookup {host} ...",
	connectRefused:  "dial tcp {hostport}: connect: connection refused",
	connectTimeout:  "dial tcp {hostport}: i/o timeout",
	noRoute:         "dial tcp {hostport}: connect: no route to host",
	netUnreachable:  "dial tcp {hostport}: connect: network is unreachable",
	noSocket:        "dial tcp {hostport}: socket: permission denied; or dial tcp {hostport}: socket: operation not permitted",
	noPort:          "dial tcp {hostport}: connect: cannot assign requested address",
	tlsTimeout:      "net/http: TLS handshake timeout",
	badChain:        "tls: failed to verify certificate: x509: ...",
	unknownSigner:   "tls: failed to verify certificate: x509: certificate signed by unknown authority",
	foreignChain:    "tls: failed to verify certificate: {mismatch}",
	uncoveredHost:   "tls: failed to verify certificate: {mismatch}",
	expiredChain:    "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: ...",
	plainHTTP:       "http: server gave HTTP response to HTTPS client",
	unauthorized:    "Unauthorized",
	anonymousDenied: `... forbidden: User "system:anonymous" cannot ...`,
}

// goPrograms are the clients of Go.
var goPrograms = []program{
	{
		name: "client-go", since: "client-go v0.37.2 rest/config.go, transport/token_source.go", proxy: proxyObeyed, errors: goErrors,
		notes: map[failureKind]string{unauthorized: `requests for raw bytes end with "the server has asked for the client to provide credentials"`},
		chain: goChain, hello: goHello(""),
		config: []rule{
			{when: envUnusable, outcome: Fails, text: notInCluster},
			{when: portIsLink, outcome: Fails, text: `host must be a URL or a host:port pair: "https://{host}:{port}"`, since: "client-go v0.37.2, run"},
			{when: tokenIs(fileMissing), outcome: Fails, text: "open {token}: no such file or directory"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "open {token}: permission denied"},
			{when: tokenIs(fileEmpty, fileBlank), outcome: Fails, text: emptyToken},
			{when: tokenIs(fileControl), outcome: Fails, text: badHeader, reason: "a control character in the token"},
			{when: caIs(fileMissing), outcome: Fails, text: noCA, reason: imageRoots},
			{when: caIs(fileDenied), outcome: Fails, text: deniedCA, reason: imageRoots},
			{when: caIs(fileInvalid, fileBroken, fileOpenSSL, fileEmpty), outcome: Fails, text: brokenCA, reason: imageRoots},
		},
		remarks: []rule{
			{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed},
			{
				when: apisStale, outcome: Remark,
				text:   "unable to retrieve the complete list of server APIs: {stale}: stale GroupVersion discovery: {stale}",
				reason: "an error of API discovery, at which some programs stop; older releases print \"the server is currently unable to handle the request\"",
				since:  "client-go v0.37.2 discovery, run",
			},
			{when: hasKubeconfig, outcome: Remark, reason: "InClusterConfig works; clientcmd, and programs that use it, read the kubeconfig first"},
		},
	},
}
