package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiNotKubernetes() *Page {
	return &Page{
		Code:   "api.not-kubernetes",
		Alone:  Possible,
		Title:  "a server that is not an API server answers HTTP at the API server's address",
		Remedy: "find the proxy that answers, or correct the endpoints of the Service",
		Forms: append(append(
			answered(Form{Prior: Uncommon}, observe.Foreign, observe.NotFound), // it has the cluster's certificate, and is no API server
			answered(Form{Prior: Uncommon, Must: Predictions{observe.APIFromServer.Is(false), observe.APIFlowSchema.Is(false)}}, observe.Throttled)...),
			answered(Form{Prior: Uncommon, Must: Predictions{observe.APIFromServer.Is(false), observe.APIFailingParts.Is(false)}}, observe.ServerError)...),
		Consequences: anywhere(observe.Foreign, observe.NotFound, observe.Throttled, observe.ServerError),
		Confirm:      Confirm{Command: askReady, Text: "as an administrator: does a Kubernetes API server answer?"},
		Similar: "The answer has no Audit-Id and is not a Kubernetes Status. If the API server itself answers, it is one of the " +
			"other api codes; the error page of a proxy may be proxy.in-path.",
		Fix: steps(
			look("what software answers?", "curl -i --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt https://API_HOSTPORT/version", when("a proxy, or other software", 2)).at(inContainer),
			look("does the Service have the API servers as endpoints?", showService+"\n"+listEndpoints,
				whenThen("no", "ask "+admin+": kube-apiserver maintains both itself"), when("yes", 3)),
			ask(network, "what is between POD and API_HOST, port API_PORT?"),
		),
	}
}
