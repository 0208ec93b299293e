package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

const (
	loaderOfDefault = "its default configuration reads the kubeconfig first; its in-cluster configuration works"
	ownBrackets     = "fails: reported not to put brackets around an IPv6 address, whatever the cluster"
	noServiceToken  = "Service token file does not exists" // sic
	wrongFileNamed  = "names the token although ca.crt is missing"
	anonymousEmpty  = "sends no Authorization header for an empty token, so the server sees system:anonymous"
)

// The clients of languages that run from source.
var scriptPrograms = []program{
	{
		name: "Python", since: "kubernetes-client/python 0ae65f1 config/incluster_config.py",
		errors: map[failureKind]string{
			noSuchHost:     "... Failed to establish a new connection: [Errno -2] Name or service not known ...",
			resolverSilent: "... Failed to establish a new connection: [Errno -3] Temporary failure in name resolution ...",
			connectRefused: "... Failed to establish a new connection: [Errno 111] Connection refused ...",
			badChain:       "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ...",
			foreignChain:   "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ...",
			uncoveredHost:  "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ...",
			expiredChain:   "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ...",
			unauthorized:   "(401) Reason: Unauthorized",
		},
		config: []rule{
			{when: envUnset, outcome: Fails, text: "Service host/port is not set."},
			{when: envEmpty, outcome: Fails, text: "Service host/port is set but empty."},
			{when: portIsLink, outcome: Fails, text: "urllib3.exceptions.LocationParseError: Failed to parse: https://{host}:{port}/...", since: "kubernetes-client/python 22.6, run"},
			{when: tokenIs(fileMissing), outcome: Fails, text: "Service token file does not exist.", reason: `older releases print "does not exists."`},
			{when: tokenIs(fileDenied), outcome: Fails, text: "[Errno 13] Permission denied: '{token}'"},
			{when: tokenIs(fileEmpty), outcome: Fails, text: "Token file exists but empty."},
			{when: tokenIs(filePadded), outcome: Fails, text: "Invalid header value b'bearer ...", reason: "keeps the newline after the token, and its error message shows the whole token", since: "kubernetes-client/python 0ae65f1; Python 3.11, run"},
			{when: caIs(fileMissing), outcome: Fails, text: "Service certification file does not exist.", reason: `older releases print "does not exists."`},
			{when: caIs(fileDenied), outcome: Fails, text: "[Errno 13] Permission denied: '{ca}'"},
			{when: caIs(fileEmpty), outcome: Fails, text: "Cert file exists but empty."},
			{when: caIs(fileInvalid), outcome: Fails, text: "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found ...", since: "Python 3.11, run"},
			{when: caIs(fileBroken), outcome: Fails, text: "[X509] PEM lib ...", since: "Python 3.11, run"},
		},
		chain: pythonChain, hello: opensslHello("Python 3.6 to 3.13 with OpenSSL 3.0, run"),
		remarks: []rule{
			{when: proxyDiffers, outcome: Remark, reason: "interprets NO_PROXY differently and may use the proxy; releases 34.1.0 and 35.0.0 ignore it", since: "kubernetes-client/python issues 1578, 2460, 2520, not run"},
			{when: proxyIs(observe.ProxyExcluded), outcome: Remark, reason: "releases 34.1.0 and 35.0.0 ignore NO_PROXY and use the proxy", since: "kubernetes-client/python issues 2460, 2520; apache/airflow issue 67845, not run"},
			{when: func(in inputs) bool { return observe.EnvHTTPProxy.Yes(in.seen) }, outcome: Remark, reason: "releases 34.1.0 and 35.0.0 use HTTP_PROXY for https as well, and ignore NO_PROXY", since: "kubernetes-client/python pull request 2523; nolar/kopf issue 1277, not run"},
			{when: hasKubeconfig, outcome: Remark, reason: loaderOfDefault},
		},
	},
	{
		name: "Python with requests", since: "requests 2.34.2, run", only: bundleIs(observe.BundleForeign, observe.BundleUnusable),
		chain: requestsChain,
	},
	{
		name: "JavaScript", since: "@kubernetes/client-node 1.4.0 on Node 20, run", proxy: proxyIgnored,
		errors: map[failureKind]string{
			noSuchHost:      "request to https://{hostport}/... failed, reason: getaddrinfo ENOTFOUND {host}",
			resolverSilent:  "request to https://{hostport}/... failed, reason: getaddrinfo EAI_AGAIN {host}",
			connectRefused:  "request to https://{hostport}/... failed, reason: connect ECONNREFUSED {hostport}",
			badChain:        "request to https://{hostport}/... failed, reason: ...",
			foreignChain:    "request to https://{hostport}/... failed, reason: ...",
			uncoveredHost:   "request to https://{hostport}/... failed, reason: Hostname/IP does not match certificate's altnames: ...",
			unauthorized:    "HTTP-Code: 401 ...",
			anonymousDenied: "HTTP-Code: 403 ...",
		},
		config: []rule{
			{when: moduleMissing, outcome: Fails, text: "Cannot find module '...'", reason: "NODE_OPTIONS names a module that is not there: Node does not start", since: "Node 20, run"},
			{when: either(portIs(observe.VariableUnset), envEmpty), outcome: Fails, text: "Invalid URL", reason: "loadFromCluster does not check the variables, and makes a URL from missing values"},
			{when: envUnset, outcome: Fails, text: "request to https://undefined:{port}/... failed, reason: getaddrinfo ENOTFOUND undefined", reason: "loadFromCluster does not check the variables, and makes a URL from missing values"},
			{
				when: func(in inputs) bool { return in.port == "80" || in.port == "8080" || in.port == "8001" }, outcome: Fails,
				text: "HTTP protocol is not allowed when skipTLSVerify is not set or false", reason: "uses plain HTTP on port {port}",
			},
			{when: caIs(fileMissing), outcome: Fails, text: "ENOENT: no such file or directory, open '{ca}'"},
			{when: caIs(fileDenied), outcome: Fails, text: "EACCES: permission denied, open '{ca}'"},
			{when: tokenIs(fileMissing), outcome: Fails, text: "ENOENT: no such file or directory, open '{token}'"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "EACCES: permission denied, open '{token}'"},
			{when: tokenIs(fileEmpty), outcome: Fails, text: "HTTP-Code: 403 ...", reason: anonymousEmpty},
			{when: tokenIs(filePadded, fileControl), outcome: Fails, text: "Bearer ... is not a legal HTTP header value", reason: "keeps the newline after the token, and its error message shows the whole token"},
		},
		chain: nodeChain, hello: opensslHello("Node 16 to 24 with OpenSSL 1.1 to 3.5, run"),
		remarks: []rule{
			{when: proxyBare, outcome: Remark, text: "tunneling socket could not be established ...", reason: "release 0.12 fails with a proxy variable without a scheme", since: "kubernetes-client/javascript issue 648, not run"},
			{when: proxyIs(observe.ProxyDiffers), outcome: Remark, reason: "release 1.4.0 uses no proxy; those of 0.x do, and know no ranges in NO_PROXY", since: "kubernetes-client/javascript issues 233, 2161, not run but for 1.4.0"},
			{when: hasKubeconfig, outcome: Remark, reason: loaderOfDefault},
		},
	},
	{
		name: "Ruby", since: "kubernetes-client/ruby 0fae617 config/incluster_config.rb",
		config: []rule{
			{when: envUnset, outcome: Fails, text: "Service host/port is not set"},
			{when: allOf(tokenIs(fileMissing), caIs(fileMissing)), outcome: Fails, text: noServiceToken + "; or ... certificate verify failed ...", reason: "kubeclient, as of fluentd, leaves out a file that is not there and verifies by the system's CAs", since: "fluent/fluentd-kubernetes-daemonset issue 200, not run"},
			{when: tokenIs(fileMissing), outcome: Fails, text: noServiceToken},
			{when: caIs(fileMissing), outcome: Fails, text: noServiceToken, reason: wrongFileNamed},
		},
		chain: rubyChain, hello: opensslHello(rubyRun),
		remarks: []rule{
			{when: ipv6, outcome: Remark, reason: ownBrackets, since: "kubernetes-client/ruby issue 51, not run"},
			{when: tokenIs(filePadded), outcome: Remark, reason: "trims one newline at the end of the token, and no other white space"},
			{when: proxyDiffers, outcome: Unknown, reason: notKnown},
		},
	},
}
