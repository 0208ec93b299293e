package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiAggregationBroken = Page{
	Code:  "api.aggregation-broken",
	Alone: Likely, Warning: true,
	Title:  "an API that another server provides is down, at which some clients give up",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.APIStale.AtLeast(1)}}},
	Decide: "kubectl get apiservices",
	Sources: []string{
		"https://github.com/kubernetes-sigs/metrics-server/issues/157",
		"https://github.com/openshift/openshift-restclient-python/pull/266",
	},
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
}
