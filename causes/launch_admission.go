package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchAdmission() *Page {
	return &Page{
		Code:    "launch.admission",
		Alone:   Certain,
		Title:   "an admission plugin or webhook refuses to create the pod",
		Remedy:  "change the pod template as the message says, or repair the webhook that it names",
		Forms:   []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NotAdmitted)}}},
		Sources: []string{"https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy"},
		Similar: "The API server refuses the pod before it exists, so its controller has an event and there is no pod. A quota is " +
			"launch.quota; a message with \"failed calling webhook\" says that a webhook is down, any other that it refuses.",
		Fix: steps(
			look("what does the message say?", "kubectl -n NAMESPACE get events --field-selector reason=FailedCreate --sort-by=.lastTimestamp",
				when("violates PodSecurity, forbidden, or denied the request: the pod template is refused", 2),
				when("failed calling webhook: the webhook does not answer", 3)),
			ask("the owner of WORKLOAD", "change the pod template so that it complies with what the message names"),
			ask(admin, "repair the webhook that the message names: it does not answer").with("kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"),
		),
	}
}
