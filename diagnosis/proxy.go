package diagnosis

const noProxy = `# in the container's spec, before the entries that are there already:
env:
- name: NO_PROXY
  value: "API_HOST,kubernetes.default.svc,.svc,.cluster.local"
- name: no_proxy
  value: "API_HOST,kubernetes.default.svc,.svc,.cluster.local"`

// HTTP proxies that the environment names.
var proxyCauses = []Cause{
	{
		Code: "proxy.in-path", Confidence: Likely,
		Title: "an HTTP proxy takes the requests for the API server, as NO_PROXY does not list its address",
		Apart: "The variables send the API server's address through the proxy, and the tunnel fails or changes the certificate. When " +
			"the direct way fails as well, look at the net codes too. A proxy that no variable names is net.mesh-intercepts or " +
			"tls.intercepted.",
		Fix: steps(
			"# to try it in this shell:",
			`export NO_PROXY="API_HOST,.svc,.cluster.local,$NO_PROXY"`,
			`export no_proxy="$NO_PROXY"`,
			noProxy,
		),
	},
	{
		Code: "proxy.client-dependent", Confidence: Likely, Warning: true,
		Title: "some clients read the proxy variables so that they go through the proxy, others do not",
		Apart: "Go reads the variables so that it goes directly, and other clients read them otherwise; nothing fails in this report. " +
			"When Go's reading leads into the proxy it is proxy.in-path.",
		Fix: steps(
			"# only plain addresses and names, in both spellings, are read alike by all clients:",
			noProxy,
		),
	},
}

// A kubectl proxy in the pod that serves the API on loopback.
var kubectlProxyCauses = []Cause{
	{
		Code: "kubectl-proxy.down", Confidence: Possible,
		Title: "no kubectl proxy listens where this pod expects one",
		Apart: "Nothing listens at the sidecar's address, which says nothing about the way to the API server itself. A listener that " +
			"answers with an error is kubectl-proxy.filtered or kubectl-proxy.upstream.",
		Fix: steps(
			"# does its container run, and on which port?",
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name} {.command} {.args}{\"\\n\"}{end}'",
			"kubectl -n NAMESPACE logs POD -c CONTAINER --tail=20",
		),
	},
	{
		Code: "kubectl-proxy.filtered", Confidence: Possible,
		Title: "the kubectl proxy accepts only requests whose Host header is localhost",
		Apart: "The refusal is the text of kubectl proxy, without the headers of an API server, and depends on the Host header. A 401 " +
			"with an Audit-Id comes from the API server and is one of the token codes.",
		Fix: steps(
			"# ask http://127.0.0.1:8001 in the pod, or have the proxy accept the name you use:",
			`kubectl proxy --port=8001 --accept-hosts='^localhost$,^127\.0\.0\.1$,^\[::1\]$,^NAME$'`,
		),
	},
	{
		Code: "kubectl-proxy.upstream", Confidence: Possible,
		Title: "the kubectl proxy answers, and cannot reach the API server itself",
		Apart: "The proxy answers 502 or 503 by itself, without the headers of an API server. If this pod's own way fails as well, " +
			"that is the cause; if it works, the proxy holds an old CA or token.",
		Fix: steps(
			"# mend what the other checks name; if they pass, the proxy holds an old CA or token:",
			"kubectl -n NAMESPACE logs POD -c CONTAINER --tail=20",
			restartPod,
		),
	},
}
