package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiOverloaded = Page{
	Code:   "api.overloaded",
	Alone:  Possible,
	Title:  "the API server has too much to do and turns requests away (429)",
	Forms:  answered(Form{Prior: Common}, observe.Throttled),
	Brings: append(anywhere(observe.Throttled, observe.NoResponse), observe.APISlow.Is(true)),
	Decide: asksReady,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/117734",
		"https://github.com/kubernetes/kubernetes/issues/71454",
	},
	Apart: "429 comes from an API server with priority-and-fairness headers. A 429 that speaks of initializing storage is " +
		"api.initializing.",
	Fix: steps(
		look("whose requests are in the way? The flow schema of this pod's has the uid in the evidence",
			"kubectl get flowschemas -o custom-columns=NAME:.metadata.name,LEVEL:.spec.priorityLevelConfiguration.name,UID:.metadata.uid\n"+
				"kubectl get --raw /debug/api_priority_and_fairness/dump_requests",
			when("one client has most of them", 2)),
		ask(admin, "slow that client down, or give it a flow schema of its own"),
	),
}
