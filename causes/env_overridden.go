package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envOverridden() *Page {
	return &Page{
		Code:   "env.overridden",
		Alone:  Likely,
		Title:  "the manifest or the image replaces the API server's address that the kubelet sets",
		Remedy: "remove KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT from the manifest or the image",
		Forms: []Form{
			// the kubelet's own address leads to the cluster, and the one that is set never does
			misled(observe.APITCP.Not(notDialled...), neverConnects...),
			misled(observe.TLSHandshake.Not(observe.Verifies), observe.FreshVerified.None()),
			misled(observe.TLSCoversHost.Is(false)),
			// that somebody has set it is no fault: AKS does, to a name that works
			{ // the kubelet's address answers, and is no better
				Prior: Common, Alone: Possible, Best: Possible,
				Needs: Predictions{observe.EnvElsewhere.Is(true), observe.EnvGivenHandshake.Not(observe.NoConnection), observe.APITCP.Not(notDialled...)},
				Must:  neverConnects,
			},
			misledUnlessSeen(observe.TLSHandshake.Not(observe.Verifies)),
			misledUnlessSeen(observe.TLSCoversHost.Is(false)),
			{Prior: Common, Alone: Possible, Best: Possible, Needs: Predictions{observe.EnvHost.Is(observe.VariableOverridden)}},
			{Prior: Common, Needs: Predictions{observe.EnvPort.Is(observe.VariableOverridden)}},
			{Prior: Common, Needs: Predictions{observe.EnvHTTPSPort.Is(observe.VariableOverridden)}},
		},
		Consequences: Predictions{observe.DNSName.Is(observe.OtherAddress)},
		Sources: []string{
			"https://github.com/linkerd/linkerd2/issues/9339",
			"https://github.com/skypilot-org/skypilot/pull/6600",
			"https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "which variables does the pod set?"},
		Similar: "The kubelet sets all these variables from one Service, so KUBERNETES_PORT_443_TCP_ADDR or the environment of " +
			"process 1 shows its value. A difference proves that something set another value. The later checks show whether " +
			"that value works: AKS sets one on purpose, and it works.",
		Fix: steps(
			look("what sets the variable, and what is the Service's address?",
				showService+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}'",
				whenThen("a platform sets it on purpose, with a name that works (AKS does)", "leave it: this is not the cause"),
				when("an entry of the workload", 2),
				when("no such entry: envFrom, or the image", 3)),
			unsetService, unsetElsewhere,
		),
	}
}

// notDialled are the answers of connections that were not tried, beside the good one.
var notDialled = []observe.Answer{observe.Answers, observe.NoSocket, observe.NoPort, observe.NoResource}

// neverConnects says that no connection comes about, and not to loopback, where it is
// net.node-proxy-down.
var neverConnects = Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.APILoopback.Is(false)}

// misled is the form in which the override keeps the pod from its API server, as
// the first prediction shows.
func misled(broken observe.Prediction, must ...observe.Prediction) Form {
	return Form{
		Prior: Common,
		Needs: Predictions{observe.EnvElsewhere.Is(true), observe.EnvGivenHandshake.Is(observe.Verifies), broken},
		Must:  must,
	}
}

// misledUnlessSeen is the form in which another server answers where the override leads,
// and whether the kubelet's address is better was not seen, or it is.
func misledUnlessSeen(broken observe.Prediction) Form {
	return Form{
		Prior: Common, Alone: Possible, Best: Possible,
		Needs: Predictions{observe.EnvElsewhere.Is(true), broken},
		Must:  Predictions{observe.EnvGivenHandshake.Is(observe.Verifies)},
	}
}
