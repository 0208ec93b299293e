package causes

var apiUnhealthy = Page{
	Code:  "api.unhealthy",
	Alone: Possible,
	Title: "the API server, or something it depends on, is broken or too slow to answer",
	Apart: "The API server answers by itself that a part fails, or with 5xx. An aggregated API alone is api.aggregation-broken; " +
		"answers without the form of an API server are api.not-kubernetes.",
	Fix: steps(
		look("which part is broken?", askReady, when("etcd", 2), when("another", 3)),
		ask(admin, "look after etcd").with("crictl logs --tail=50 $(crictl ps -q --name etcd)").at(onControlPlane),
		ask(admin, "look after the part that is not ok"),
	),
}
