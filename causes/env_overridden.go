package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envOverridden = Page{
	Code:  "env.overridden",
	Alone: Likely,
	Title: "a variable of the API server is not what the kubelet derived from the Service",
	Forms: []Form{
		// the kubelet's own address leads to the cluster, and the one that is set does not
		misled(observe.APITCP.Not(observe.Answers), observe.APIFails.AtLeast(1)),
		misled(observe.TLSHandshake.Not(observe.Verifies)),
		misled(observe.TLSCoversHost.Is(false)),
		// by itself it says only that somebody has set it: AKS does, to a name that works
		{Prior: Common, Needs: Predictions{observe.EnvHost.Is(observe.VariableOverridden)}},
		{Prior: Common, Needs: Predictions{observe.EnvPort.Is(observe.VariableOverridden)}},
		{Prior: Common, Needs: Predictions{observe.EnvHTTPSPort.Is(observe.VariableOverridden)}},
	},
	Brings: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.NetName.Not(observe.Answers)},
	Sources: []string{
		"https://github.com/linkerd/linkerd2/issues/9339",
		"https://github.com/skypilot-org/skypilot/pull/6600",
		"https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
	},
	Decide: "kubectl -n NAMESPACE get pod POD -o yaml: which variables does it set?",
	Apart: "The kubelet derives all these variables from one Service, so KUBERNETES_PORT_443_TCP_ADDR or the environment of " +
		"process 1 shows what it gave; a difference proves that somebody set another value. Whether that value works is shown " +
		"by the later checks: on AKS it is set on purpose and works.",
	Fix: steps(
		look("who sets it, and what does the Service say?",
			showService+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}'",
			whenThen("a platform sets it on purpose, with a name that works (AKS does)", "leave it: this is not the cause"),
			when("an entry of the workload's own", 2),
			when("none there: envFrom, or the image", 3)),
		unsetService, unsetElsewhere,
	),
}

// misled is the form in which the override keeps the pod from its API server, as
// the first prediction shows.
func misled(broken observe.Prediction, also ...observe.Prediction) Form {
	return Form{
		Prior: Common,
		Needs: Predictions{observe.EnvHost.Is(observe.VariableOverridden), observe.EnvGivenHandshake.Is(observe.Verifies), broken},
		Usual: also,
	}
}
