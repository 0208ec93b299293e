package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envLinksCollision = Page{
	Code:  "env.links-collision",
	Alone: Likely, Warning: true,
	Title: "a Service of this namespace has variables of the same name as the API server's",
	Forms: []Form{
		// the port is the address that the other variables of kubernetes-service name
		{
			Prior: Common,
			Proof: Predictions{observe.EnvLink.Is(observe.LinkOfKubernetes)},
			Needs: Predictions{observe.EnvPort.Is(observe.VariableLink), observe.EnvLink.Is(observe.LinkOfKubernetes)},
		},
		{Prior: Common, Needs: Predictions{observe.EnvLink.Is(observe.LinkBeside)}},
		// the variables are those of a Service kubernetes of this namespace, the address
		// that DNS has is the cluster's, and at the Service's stands no API server
		ownService(observe.APITCP.Not(observe.Answers), observe.APIFails.AtLeast(1)),
		ownService(observe.TLSHandshake.Not(observe.Verifies)),
		ownService(observe.TLSCoversHost.Is(false)),
		ownService(observe.TokenReview.Not(observe.OK)),
		// of the API server itself, or the address that DNS has does not answer either
		{Prior: Common, Needs: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.EnvOwnService.Is(true)}},
	},
	// the variable is named after the Service's port, which has any name
	Brings: Predictions{observe.EnvHTTPSPort.Is(observe.VariableUnset, observe.VariableOverridden)},
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/35189",
		"https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
	},
	Decide: "kubectl -n NAMESPACE get services kubernetes kubernetes-service: is one of them there?",
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

// ownService is the form in which such a Service keeps the pod from its API server,
// as the first prediction shows.
func ownService(broken observe.Prediction, also ...observe.Prediction) Form {
	return Form{
		Prior: Common,
		Needs: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.EnvOwnService.Is(true), broken},
		Must:  Predictions{observe.EnvOwnHandshake.Is(observe.Verifies)},
		Usual: also,
	}
}
