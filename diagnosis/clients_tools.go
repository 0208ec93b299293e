package diagnosis

const (
	localhostRefused = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
	noInCluster      = "without variables and a token it does not try the in-cluster configuration, and dials localhost"

	nobody = `{"kind":"Status", ... "message":"forbidden: User \"system:anonymous\" cannot get path \"/api\"", ...}`
)

// kubectlWay wraps them as kubectl does.
var kubectlWay = map[trouble]string{
	noSuchHost:      "Unable to connect to the server: " + goWay[noSuchHost],
	connectRefused:  "The connection to the server {hostport} was refused - did you specify the right host or port?",
	connectTimeout:  "Unable to connect to the server: " + goWay[connectTimeout],
	noRoute:         "Unable to connect to the server: " + goWay[noRoute],
	netUnreachable:  "Unable to connect to the server: " + goWay[netUnreachable],
	tlsTimeout:      "Unable to connect to the server: " + goWay[tlsTimeout],
	badChain:        "Unable to connect to the server: " + goWay[badChain],
	unknownSigner:   "Unable to connect to the server: " + goWay[unknownSigner],
	foreignChain:    "Unable to connect to the server: " + goWay[foreignChain],
	uncoveredHost:   "Unable to connect to the server: " + goWay[uncoveredHost],
	expiredChain:    "Unable to connect to the server: " + goWay[expiredChain],
	plainHTTP:       "Unable to connect to the server: " + goWay[plainHTTP],
	unauthorized:    "error: You must be logged in to the server (...)",
	anonymousDenied: `Error from server (Forbidden): ... User "system:anonymous" cannot ...`,
}

// The tools of the command line. The curl of the Kubernetes guide "Accessing the
// Kubernetes API from a Pod" reads no variable, asks for kubernetes.default.svc,
// and exits 0 whatever the status of the answer.
var toolPrograms = []program{
	{
		name: "kubectl in a pod", since: "kubectl 1.32 and 1.36, run; kubectl v0.36.3 pkg/cmd/util/helpers.go", proxy: proxyObeyed, way: kubectlWay,
		config: []rule{
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "client-go v0.37.2 tools/clientcmd/merged_client_builder.go"},
			{when: either(envUnusable, tokenIs(fileMissing)), outcome: Fails, text: localhostRefused, reason: noInCluster},
			{when: portIsLink, outcome: Fails, text: `error: host must be a URL or a host:port pair: "https://{host}:{port}"`, since: "kubectl 1.36, run"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "error: open {token}: permission denied"},
			{when: tokenIs(fileEmpty, fileBlank), outcome: Fails, text: "error: " + emptyToken},
			{when: tokenIs(fileControl), outcome: Fails, text: "Unable to connect to the server: " + badHeader, reason: "a control character in the token"},
			{when: caIs(fileMissing), outcome: Fails, text: noCA, reason: imageRoots},
			{when: caIs(fileDenied), outcome: Fails, text: deniedCA, reason: imageRoots},
			{when: caIs(fileInvalid, fileEmpty), outcome: Fails, text: brokenCA, reason: imageRoots},
		},
		remarks: []rule{{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed}},
	},
	{
		name: "the guide's curl", since: "curl 7.88.1, run; Kubernetes guide of 2026", byName: true, proxy: proxyObeyed,
		way: map[trouble]string{
			noSuchHost:      "curl: (6) Could not resolve host: kubernetes.default.svc",
			connectRefused:  "curl: (7) Failed to connect to kubernetes.default.svc port 443 ...",
			badChain:        "curl: (60) SSL certificate problem: ...",
			foreignChain:    "curl: (60) SSL ...",
			uncoveredHost:   "curl: (60) SSL: no alternative certificate subject name matches target ...",
			expiredChain:    "curl: (60) SSL certificate problem: ...",
			unauthorized:    `{"kind":"Status", ... "message":"Unauthorized","reason":"Unauthorized","code":401}`,
			anonymousDenied: nobody,
		},
		config: []rule{
			{when: caIs(fileMissing, fileDenied), outcome: Fails, text: "curl: (77) error setting certificate file: {ca}"},
			{when: tokenIs(fileMissing), outcome: Fails, text: "cat: {token}: No such file or directory", reason: "goes on without a token, as system:anonymous"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "cat: {token}: Permission denied", reason: "goes on without a token, as system:anonymous"},
			{when: tokenIs(fileEmpty), outcome: Fails, text: nobody, reason: "the server takes an empty token for none"},
		},
		remarks: []rule{
			{when: tokenIs(filePadded), outcome: Remark, reason: "the shell cuts newlines off the end of the token; not every client does"},
			{when: has("env.proxy", "proxy.client-dependent"), outcome: Remark, reason: "obeys ALL_PROXY, and reads ranges in NO_PROXY only since 7.86", since: "curl documentation, CURLOPT_NOPROXY"},
		},
	},
	{
		name: "kubectl proxy", since: "kubectl 1.32, run; kubectl v0.36.3 pkg/proxy/proxy_server.go", proxy: proxyObeyed, way: goWay,
		config: []rule{
			{when: has("kubectl-proxy.api", "kubectl-proxy.down"), outcome: Fails, text: "connect: connection refused", reason: "kubectl-proxy.api: nothing listens where it is expected"},
			{when: has("kubectl-proxy.api", "kubectl-proxy.filtered"), outcome: Fails, reason: "kubectl-proxy.api: it refuses the Host header"},
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "client-go v0.37.2 tools/clientcmd/merged_client_builder.go"},
			{when: either(envUnusable, tokenIs(fileMissing)), outcome: Fails, text: "dial tcp 127.0.0.1:8080: connect: connection refused", reason: "starts, and answers every request with 500: " + noInCluster},
			{when: portIsLink, outcome: Fails, text: `Unable to connect to the server: invalid port ":tcp:" after host`, since: "kubectl 1.36, run"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "error: open {token}: permission denied"},
			{when: tokenIs(fileEmpty, fileBlank), outcome: Fails, text: "error: " + emptyToken},
			{when: tokenIs(fileControl), outcome: Fails, text: badHeader, reason: "starts, and answers every request with 500"},
			{when: caIs(fileMissing), outcome: Fails, text: noCA, reason: imageRoots},
			{when: caIs(fileDenied), outcome: Fails, text: deniedCA, reason: imageRoots},
			{when: caIs(fileInvalid, fileEmpty), outcome: Fails, text: brokenCA, reason: imageRoots},
		},
		remarks: []rule{{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed}},
	},
}
