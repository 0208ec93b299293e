package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envLinksCollision() *Page {
	return &Page{
		Code:  "env.links-collision",
		Alone: Likely, Warning: true,
		Title:  "Service link variables of this namespace overwrite the variables of the API server",
		Remedy: "set enableServiceLinks: false in the pod template, or rename the Service",
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
		Consequences: Predictions{observe.EnvHTTPSPort.Is(observe.VariableUnset, observe.VariableOverridden)},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/35189",
			"https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get services kubernetes kubernetes-service", Text: "does one of them exist?"},
		Similar: "A Service kubernetes-service overwrites KUBERNETES_SERVICE_PORT in some containers and not in others; " +
			"KUBERNETES_SERVICE_SERVICE_HOST shows it, and without that it is env.malformed. The variables of a Service named " +
			"kubernetes agree with each other, and DNS has another address for kubernetes.default.svc; without such a " +
			"Service, that is dns.wrong-answer. Services with other names do no harm.",
		Fix: steps(
			look("does such a Service exist?", "kubectl -n NAMESPACE get services kubernetes kubernetes-service --ignore-not-found",
				when("yes", 2), whenThen("no", "it existed when the pod started: a new pod does not get the variables")),
			changeTemplate("no longer gets Service link variables such as REDIS_SERVICE_HOST, only those of the API server", "spec:\n  enableServiceLinks: false"),
		),
	}
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
