package diagnosis

// The answers of the API server.
var apiCauses = []Cause{
	{
		Code: "api.not-kubernetes", Confidence: Possible,
		Title: "something answers HTTP at the API server's address that is no API server",
		Apart: "The answer has neither an Audit-Id nor the form of a Kubernetes Status. An answer of the API server itself is one of " +
			"the other api codes; a proxy's page may be proxy.in-path.",
		Fix: steps(
			look("what does it say it is?", "curl -i --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt https://API_HOSTPORT/version", when("a proxy, or other software", 2)).at(inContainer),
			look("does the Service lead to API servers?", showService+"\n"+listEndpoints,
				whenThen("no", "ask "+admin+": kube-apiserver keeps both itself"), when("yes", 3)),
			ask(network, "what stands between POD and API_HOST, port API_PORT?"),
		),
	},
	{
		Code: "api.forbidden", Confidence: Likely,
		Title: "the API server knows this account and does not allow it what was asked",
		Apart: "The server names this account in its 403, so the token is accepted. A 403 for system:anonymous is token.stripped; one " +
			"without the form of an API server is api.not-kubernetes.",
		Fix: forbiddenFix,
	},
	{
		Code: "api.review-unavailable", Confidence: Likely, Warning: true,
		Title: "the API server cannot be asked who this pod is (SelfSubjectReview: Kubernetes 1.28)",
		Apart: "The review is unknown (404) or forbidden (403) to an account that is otherwise accepted. A 401 is one of the token " +
			"codes.",
		Fix: steps(
			look("is the server older than 1.28? Then nothing is wrong", "kubectl version", when("1.28 or newer", 2)),
			ask(admin, "every account should have this role").with("kubectl get clusterrolebinding system:basic-user -o yaml"),
		),
	},
	{
		Code: "api.overloaded", Confidence: Possible,
		Title: "the API server has too much to do and turns requests away (429)",
		Apart: "429 comes from an API server with priority-and-fairness headers. A 429 that speaks of initializing storage is " +
			"api.initializing.",
		Fix: steps(
			look("whose requests are in the way? The flow schema of this pod's has the uid in the evidence",
				"kubectl get flowschemas -o custom-columns=NAME:.metadata.name,LEVEL:.spec.priorityLevelConfiguration.name,UID:.metadata.uid\n"+
					"kubectl get --raw /debug/api_priority_and_fairness/dump_requests",
				when("one client has most of them", 2)),
			ask(admin, "slow that client down, or give it a flow schema of its own"),
		),
	},
	{
		Code: "api.initializing", Confidence: Likely,
		Title: "the API server is starting and has not read its storage yet",
		Apart: "The 429 or 503 says that storage is being initialized, as after a start. Without those words a 429 is api.overloaded " +
			"and a 503 api.unhealthy.",
		Fix: steps(
			look("is every line ok? Wait until it is", askReady, when("one stays not ok", 2)),
			ask(admin, "look after the part that stays not ok"),
		),
	},
	{
		Code: "api.unhealthy", Confidence: Possible,
		Title: "the API server, or something it depends on, is broken or too slow to answer",
		Apart: "The API server answers by itself that a part fails, or with 5xx. An aggregated API alone is api.aggregation-broken; " +
			"answers without the form of an API server are api.not-kubernetes.",
		Fix: steps(
			look("which part is broken?", askReady, when("etcd", 2), when("another", 3)),
			ask(admin, "look after etcd").with("crictl logs --tail=50 $(crictl ps -q --name etcd)").at(onControlPlane),
			ask(admin, "look after the part that is not ok"),
		),
	},
	{
		Code: "api.slow", Confidence: Likely, Warning: true,
		Title: "the API server takes long to answer, although the network is quick",
		Apart: "The connection is quick and the answer is not, so the time is lost in the server. Slow connections are net.lossy, slow" +
			" names dns.slow.",
		Fix: steps(
			look("is it busy, or does it wait for etcd or a webhook?",
				"kubectl -n kube-system top pods -l tier=control-plane\nkubectl get --raw /metrics | grep -E '^(etcd_request_duration_seconds|apiserver_admission_webhook_admission_duration_seconds|authentication_duration_seconds)_sum'", when("one of them", 2)),
			ask(admin, "relieve what is slow"),
		),
	},
	{
		Code: "api.aggregation-broken", Confidence: Likely, Warning: true,
		Title: "an API that another server provides is down, at which some clients give up",
		Apart: "The API server answers, and marks in GET /apis (Kubernetes 1.27 and newer) which versions it has no news of, as the " +
			"server behind them does not answer. Requests for all other APIs work. When the core fails as well it is api.unhealthy; " +
			"a moment after that server has started again the mark may still be there.",
		Fix: steps(
			look("which API is down, and which Service provides it?",
				"kubectl get apiservices | grep False\nkubectl get apiservice APISERVICE -o jsonpath='{.spec.service}{\"\\n\"}{.status.conditions}{\"\\n\"}'",
				when("its Service is to be there", 2),
				when("it is gone for good", 3)),
			ask("who runs that Service", "repair it"),
			ask(admin, "take the API out of the cluster; controllers that use it stop working").with("kubectl get apiservice APISERVICE -o yaml >APISERVICE.yaml && kubectl delete apiservice APISERVICE"),
		),
	},
	{
		Code: "api.version-skew", Confidence: Certain, Warning: true,
		Title: "the server's version is more than three minor versions away from this client's; requests usually work",
		Apart: "Both versions are known from the server's own answer. Requests usually work; one that fails has another cause.",
		Fix: steps(
			look("how far apart are they? Most programs do not mind", "kubectl version", whenThen("a request fails for it", "use a client of the server's version")),
		),
	},
}
