package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiAggregationBroken() *Page {
	return &Page{
		Code:  "api.aggregation-broken",
		Alone: Likely, Warning: true,
		Title:   "an APIService is unavailable: the server of an aggregated API does not answer; some clients fail",
		Remedy:  "repair the Service behind the APIService, or delete an unused APIService",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.APIStale.AtLeast(1)}}},
		Confirm: Confirm{Command: "kubectl get apiservices", Text: "is one unavailable?"},
		Sources: []string{
			"https://github.com/kubernetes-sigs/metrics-server/issues/157",
			"https://github.com/openshift/openshift-restclient-python/pull/266",
		},
		Similar: "The API server answers, and GET /apis (Kubernetes 1.27 and later) marks API versions as stale whose server does " +
			"not answer. Requests to all other APIs work. If the core API fails as well, it is api.unhealthy; shortly after " +
			"that server is up again the mark may still be there.",
		Fix: steps(
			look("which APIService is unavailable, and which Service provides it?",
				"kubectl get apiservices | grep False\nkubectl get apiservice APISERVICE -o jsonpath='{.spec.service}{\"\\n\"}{.status.conditions}{\"\\n\"}'",
				when("its Service should exist", 2),
				when("it was removed on purpose", 3)),
			ask("the owner of that Service", "repair it"),
			ask(admin, "delete the APIService; controllers that use it stop working").with("kubectl get apiservice APISERVICE -o yaml >APISERVICE.yaml && kubectl delete apiservice APISERVICE"),
		),
	}
}
