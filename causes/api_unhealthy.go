package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiUnhealthy() *Page {
	return &Page{
		Code:   "api.unhealthy",
		Alone:  Possible,
		Title:  "the API server, or a component that it depends on, is broken or too slow",
		Remedy: "repair the part that /readyz names",
		Forms:  append(answered(Form{Prior: Common}, observe.ServerError), answered(Form{Prior: Common, Best: Possible}, observe.NoResponse)...),
		Consequences: append(anywhere(observe.ServerError, observe.NoResponse, observe.Throttled, observe.Initializing),
			observe.APISlow.Is(true), observe.APIStale.AtLeast(1)),
		Confirm: asksReady,
		Sources: []string{
			"https://github.com/kopeio/etcd-manager/issues/333",
			"https://github.com/k3s-io/k3s/issues/8956",
		},
		Similar: "The API server itself answers that a part fails, or with 5xx. An aggregated API alone is api.aggregation-broken; " +
			"answers that are not of an API server are api.not-kubernetes.",
		Fix: steps(
			look("which part is broken?", askReady, when("etcd", 2), when("another", 3)),
			ask(admin, "repair etcd").with("crictl logs --tail=50 $(crictl ps -q --name etcd)").at(onControlPlane),
			ask(admin, "repair the part that is not ok"),
		),
	}
}
