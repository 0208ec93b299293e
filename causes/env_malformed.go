package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envMalformed() *Page {
	return &Page{
		Code:   "env.malformed",
		Alone:  Certain,
		Title:  "a variable with the API server's address is not a valid host or port",
		Remedy: "remove the variable from the manifest or the image; the kubelet sets the right value",
		Forms: []Form{
			{Prior: Common, Proof: Predictions{observe.EnvHost.Is(observe.VariableEmpty, observe.VariableMalformed)}},
			{Prior: Common, Proof: Predictions{observe.EnvPort.Is(observe.VariableEmpty, observe.VariableMalformed)}},
			{Prior: Common, Proof: Predictions{observe.EnvHTTPSPort.Is(observe.VariableMalformed)}},
			// the kubelet sets the variables of kubernetes-service together: without the others it is not theirs
			{
				Prior: Common,
				Proof: Predictions{observe.EnvLink.Is(observe.LinkOfOtherService)},
				Needs: Predictions{observe.EnvPort.Is(observe.VariableLink), observe.EnvLink.Is(observe.LinkOfOtherService)},
			},
		},
		Sources: []string{
			"https://github.com/kubernetes-client/javascript/issues/380",
			"https://github.com/kubernetes/kubernetes/issues/35189",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "which variables does the pod set?"},
		Similar: "The variable is set, but its value is not a host or a port: it is empty, quoted, padded with spaces, or has a " +
			"scheme or brackets. A valid value other than the kubelet's is env.overridden; a variable that is not set is " +
			"env.missing.",
		Fix: steps(
			look("what sets the variable?", "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}{.spec.containers[*].envFrom}{\"\\n\"}'",
				when("an entry KUBERNETES_SERVICE_HOST or _PORT in the first line", 2),
				when("no such entry: a ConfigMap or Secret in the second line, or the image", 3)),
			unsetService, unsetElsewhere,
		),
	}
}
