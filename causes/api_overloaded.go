package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiOverloaded() *Page {
	return &Page{
		Code:         "api.overloaded",
		Alone:        Possible,
		Title:        "the API server throttles requests (429, API Priority and Fairness)",
		Remedy:       "slow down the client that sends most requests, or give it its own FlowSchema",
		Forms:        answered(Form{Prior: Common}, observe.Throttled),
		Consequences: append(anywhere(observe.Throttled, observe.NoResponse), observe.APISlow.Is(true)),
		Confirm:      asksReady,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/117734",
			"https://github.com/kubernetes/kubernetes/issues/71454",
		},
		Similar: "The 429 has the headers of API Priority and Fairness. A 429 that says that storage is being initialized is " +
			"api.initializing.",
		Fix: steps(
			look("whose requests use up the limit? The evidence has the UID of the FlowSchema of this pod's requests",
				"kubectl get flowschemas -o custom-columns=NAME:.metadata.name,LEVEL:.spec.priorityLevelConfiguration.name,UID:.metadata.uid\n"+
					"kubectl get --raw /debug/api_priority_and_fairness/dump_requests",
				when("one client sends most of them", 2)),
			ask(admin, "slow that client down, or give it a FlowSchema of its own"),
		),
	}
}
