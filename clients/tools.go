package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

const (
	localhostRefused = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
	noInCluster      = "without the variables and a token it does not use the in-cluster configuration, and connects to localhost"

	anonymousStatus = `{ "kind": "Status", ... "message": "forbidden: User \"system:anonymous\" cannot get path \"/api\"", ... }`
)

// kubectlErrors wraps them as kubectl does.
var kubectlErrors = map[failureKind]string{
	noSuchHost:      "Unable to connect to the server: " + goErrors[noSuchHost],
	connectRefused:  "The connection to the server {hostport} was refused - did you specify the right host or port?",
	connectTimeout:  "Unable to connect to the server: " + goErrors[connectTimeout],
	noRoute:         "Unable to connect to the server: " + goErrors[noRoute],
	netUnreachable:  "Unable to connect to the server: " + goErrors[netUnreachable],
	noSocket:        "Unable to connect to the server: dial tcp {hostport}: socket: permission denied; or Unable to connect to the server: dial tcp {hostport}: socket: operation not permitted",
	noPort:          "Unable to connect to the server: " + goErrors[noPort],
	tlsTimeout:      "Unable to connect to the server: " + goErrors[tlsTimeout],
	badChain:        "Unable to connect to the server: " + goErrors[badChain],
	unknownSigner:   "Unable to connect to the server: " + goErrors[unknownSigner],
	foreignChain:    "Unable to connect to the server: " + goErrors[foreignChain],
	uncoveredHost:   "Unable to connect to the server: " + goErrors[uncoveredHost],
	expiredChain:    "Unable to connect to the server: " + goErrors[expiredChain],
	plainHTTP:       "Unable to connect to the server: " + goErrors[plainHTTP],
	unauthorized:    "error: You must be logged in to the server (...)",
	anonymousDenied: `Error from server (Forbidden): ... User "system:anonymous" cannot ...; or error: the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it`,
}

// The tools of the command line. The curl of the Kubernetes guide "Accessing the
// Kubernetes API from a Pod" reads no variable, asks for kubernetes.default.svc,
// and exits 0 whatever the status of the answer.
var toolPrograms = []program{
	{
		name: "kubectl in a pod", since: "kubectl 1.32 and 1.36, run; kubectl v0.36.3 pkg/cmd/util/helpers.go", proxy: proxyObeyed, errors: kubectlErrors, asksVersions: true,
		chain: goChain, hello: goHello("Unable to connect to the server: "),
		notes: map[failureKind]string{anonymousDenied: "the second message is that of kubectl auth whoami"},
		config: []rule{
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "client-go v0.37.2 tools/clientcmd/merged_client_builder.go"},
			{when: either(envUnusable, tokenIs(fileMissing)), outcome: Fails, text: localhostRefused, reason: noInCluster},
			{when: portIsLink, outcome: Fails, text: `error: host must be a URL or a host:port pair: "https://{host}:{port}"`, since: "kubectl 1.36, run"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "error: open {token}: permission denied"},
			{when: tokenIs(fileEmpty, fileBlank), outcome: Fails, text: "error: " + emptyToken},
			{when: tokenIs(fileControl), outcome: Fails, text: "Unable to connect to the server: " + badHeader, reason: "a control character in the token"},
			{when: caIs(fileMissing), outcome: Fails, text: noCA, reason: imageRoots},
			{when: caIs(fileDenied), outcome: Fails, text: deniedCA, reason: imageRoots},
			{when: caIs(fileInvalid, fileBroken, fileOpenSSL, fileEmpty), outcome: Fails, text: brokenCA, reason: imageRoots},
		},
		remarks: []rule{{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed}},
	},
	{
		name: "the guide's curl", since: "curl 7.88.1, run; Kubernetes guide of 2026", byName: true, proxy: proxyObeyed, asksVersions: true,
		errors: map[failureKind]string{
			noSuchHost:      "curl: (6) Could not resolve host: kubernetes.default.svc",
			resolverSilent:  "curl: (6) Could not resolve host: kubernetes.default.svc; or curl: (28) Resolving timed out after ... milliseconds",
			connectRefused:  "curl: (7) Failed to connect to kubernetes.default.svc port 443 ...",
			badChain:        "curl: (60) SSL certificate problem: ...",
			foreignChain:    "curl: (60) SSL ...",
			uncoveredHost:   "curl: (60) SSL: no alternative certificate subject name matches target ...",
			expiredChain:    "curl: (60) SSL certificate problem: ...",
			unauthorized:    `{ "kind": "Status", ... "message": "Unauthorized", "reason": "Unauthorized", "code": 401 }`,
			anonymousDenied: anonymousStatus,
		},
		notes: map[failureKind]string{resolverSilent: "(28) if --max-time or --connect-timeout ends before the resolver gives up"},
		config: []rule{
			{when: caIs(fileMissing, fileDenied, fileEmpty, fileInvalid, fileBroken), outcome: Fails, text: "curl: (77) error setting certificate file: {ca}"},
			{when: tokenIs(fileMissing), outcome: Fails, text: "cat: {token}: No such file or directory", reason: "continues without a token, as system:anonymous"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "cat: {token}: Permission denied", reason: "continues without a token, as system:anonymous"},
			{when: tokenIs(fileEmpty), outcome: Fails, text: anonymousStatus, reason: "to the server, an empty token is no token"},
		},
		chain: curlChain, hello: opensslHello(curlRun),
		remarks: []rule{
			{when: tokenIs(filePadded), outcome: Remark, reason: "the shell trims newlines at the end of the token; not every client does"},
			{when: proxyDiffers, outcome: Remark, reason: "uses ALL_PROXY, and supports CIDRs in NO_PROXY only since 7.86", since: "curl documentation, CURLOPT_NOPROXY"},
		},
	},
	{
		name: "kubectl proxy", since: "kubectl 1.32, run; kubectl v0.36.3 pkg/proxy/proxy_server.go", proxy: proxyObeyed, errors: goErrors,
		chain: goChain, hello: goHello(""),
		config: []rule{
			{when: sidecarIs(observe.SidecarClosed), outcome: Fails, text: "connect: connection refused", reason: "nothing listens at the address of the kubectl proxy"},
			{when: sidecarIs(observe.SidecarSilent), outcome: Fails, reason: "the kubectl proxy does not answer"},
			{when: sidecarIs(observe.SidecarFiltered), outcome: Fails, reason: "the kubectl proxy refuses the Host header or the path"},
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "client-go v0.37.2 tools/clientcmd/merged_client_builder.go"},
			{when: either(envUnusable, tokenIs(fileMissing)), outcome: Fails, text: "dial tcp 127.0.0.1:8080: connect: connection refused", reason: "starts, and answers every request with 500: " + noInCluster},
			{when: portIsLink, outcome: Fails, text: `Unable to connect to the server: invalid port ":tcp:" after host`, since: "kubectl 1.36, run"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "error: open {token}: permission denied"},
			{when: tokenIs(fileEmpty, fileBlank), outcome: Fails, text: "error: " + emptyToken},
			{when: tokenIs(fileControl), outcome: Fails, text: badHeader, reason: "starts, and answers every request with 500"},
			{when: caIs(fileMissing), outcome: Fails, text: noCA, reason: imageRoots},
			{when: caIs(fileDenied), outcome: Fails, text: deniedCA, reason: imageRoots},
			{when: caIs(fileInvalid, fileBroken, fileOpenSSL, fileEmpty), outcome: Fails, text: brokenCA, reason: imageRoots},
		},
		remarks: []rule{{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed}},
	},
}
