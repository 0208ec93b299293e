package causes

var envLinksCollision = Page{
	Code:  "env.links-collision",
	Alone: Likely, Warning: true,
	Title: "a Service of this namespace has variables of the same name as the API server's",
	Apart: "Those of kubernetes-service take KUBERNETES_SERVICE_PORT in some containers and not in others, by chance: " +
		"KUBERNETES_SERVICE_SERVICE_HOST gives it away, without which it is env.malformed. Those of a Service kubernetes agree with " +
		"each other, and DNS has another address for kubernetes.default.svc; where no such Service is in this namespace, that is " +
		"dns.wrong-answer. Variables of Services of other names harm no client of Kubernetes.",
	Fix: steps(
		look("is there such a Service?", "kubectl -n NAMESPACE get services kubernetes kubernetes-service --ignore-not-found",
			when("yes", 2), whenThen("no", "it was there when the pod began: a new pod is free of it")),
		changeTemplate("gets no variables of Services any more, such as REDIS_SERVICE_HOST, but those of the API server", "spec:\n  enableServiceLinks: false"),
	),
}
