package diagnosis

// goDirectly lists in both spellings of NO_PROXY what is not for the proxy.
var goDirectly = []Step{
	look("which entries does the manifest have already? Only plain addresses and names are read alike by all clients", "echo \"OLD_NO_PROXY\"",
		when("all that the program has, or none", 2),
		whenThen("fewer than the program has", "they come from an image, a ConfigMap or Secret: add API_HOST and .svc there")),
	setEnv("sends what goes to the API server and into the cluster directly, besides the entries that its manifest has already",
		`NO_PROXY="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY" no_proxy="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY"`),
}

// HTTP proxies that the environment names.
var proxyCauses = []Cause{
	{
		Code: "proxy.in-path", Confidence: Likely,
		Title: "an HTTP proxy takes the requests for the API server, as NO_PROXY does not list its address",
		Apart: "The variables send the API server's address through the proxy, and the tunnel fails or changes the certificate. When " +
			"the direct way fails as well, look at the net codes too. A proxy that no variable names is net.mesh-intercepts or " +
			"tls.intercepted.",
		Fix: steps(goDirectly...),
	},
	{
		Code: "proxy.client-dependent", Confidence: Likely, Warning: true,
		Title: "some clients read the proxy variables so that they go through the proxy, others do not",
		Apart: "Go reads the variables so that it goes directly, and other clients read them otherwise; nothing fails in this report. " +
			"When Go's reading leads into the proxy it is proxy.in-path.",
		Fix: steps(goDirectly...),
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
			look("does its container run, and on which port?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args}{"\n"}{end}'
kubectl -n NAMESPACE get pod POD`,
				whenThen("on another port", "have the program ask there"),
				when("it does not run", 2),
				whenThen("there is none", "the pod needs a container that runs kubectl proxy --port=8001")),
			look("why not?", "kubectl -n NAMESPACE logs POD --all-containers --prefix --tail=20"),
		),
	},
	{
		Code: "kubectl-proxy.filtered", Confidence: Possible,
		Title: "the kubectl proxy accepts only requests whose Host header is localhost",
		Apart: "The refusal is the text of kubectl proxy, without the headers of an API server, and depends on the Host header. A 401 " +
			"with an Audit-Id comes from the API server and is one of the token codes.",
		Fix: steps(
			look("by which name does the program ask?", "curl -si http://127.0.0.1:8001/api | head -n 1",
				whenThen("200: by 127.0.0.1 it works", "have the program ask http://127.0.0.1:8001"),
				when("the program has to use another name", 2)).at(inContainer),
			ask("who writes the pod's manifest", "have the proxy accept that name, here NAME, besides its own").
				with(`kubectl proxy --port=8001 --accept-hosts='^localhost$,^127\.0\.0\.1$,^\[::1\]$,^NAME$'`),
		),
	},
	{
		Code: "kubectl-proxy.upstream", Confidence: Possible,
		Title: "the kubectl proxy answers, and cannot reach the API server itself",
		Apart: "The proxy answers 502 or 503 by itself, without the headers of an API server. If this pod's own way fails as well, " +
			"that is the cause; if it works, the proxy holds an old CA or token.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("how is the proxy started, and do the other checks of this report pass?",
					`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args}{"\n"}{end}'
kubectl -n NAMESPACE logs POD --all-containers --prefix --tail=20`,
					whenThen("they fail", "fix that first"),
					whenThen("with --server, --token, --certificate-authority or a kubeconfig", "without them it uses the pod's own: take them out of its manifest"),
					when("with none of them: it holds an old CA or token", 2)),
			}, restart(2, "the proxy reads both anew")...)
		},
	},
}
