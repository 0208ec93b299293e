package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiNotKubernetes = Page{
	Code:  "api.not-kubernetes",
	Alone: Possible,
	Title: "something answers HTTP at the API server's address that is no API server",
	Forms: append(append(
		answered(Form{Prior: Uncommon}, observe.Foreign, observe.NotFound), // it has the cluster's certificate, and is no API server
		answered(Form{Prior: Uncommon, Must: Predictions{observe.APIFromServer.Is(false), observe.APIFlowSchema.Is(false)}}, observe.Throttled)...),
		answered(Form{Prior: Uncommon, Must: Predictions{observe.APIFromServer.Is(false), observe.APIFailingParts.Is(false)}}, observe.ServerError)...),
	Brings: anywhere(observe.Foreign, observe.NotFound, observe.Throttled, observe.ServerError),
	Decide: asksReady,
	Apart: "The answer has neither an Audit-Id nor the form of a Kubernetes Status. An answer of the API server itself is one of " +
		"the other api codes; a proxy's page may be proxy.in-path.",
	Fix: steps(
		look("what does it say it is?", "curl -i --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt https://API_HOSTPORT/version", when("a proxy, or other software", 2)).at(inContainer),
		look("does the Service lead to API servers?", showService+"\n"+listEndpoints,
			whenThen("no", "ask "+admin+": kube-apiserver keeps both itself"), when("yes", 3)),
		ask(network, "what stands between POD and API_HOST, port API_PORT?"),
	),
}
