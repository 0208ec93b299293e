package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envMissing = Page{
	Code:  "env.missing",
	Alone: Likely,
	Title: "this container lacks a variable that the kubelet gives to every container",
	Forms: []Form{
		{
			Prior: Common,
			Needs: Predictions{observe.EnvHost.Is(observe.VariableUnset)},
			Must:  Predictions{observe.EnvFirstProcess.Not(observe.FirstHasIt), observe.EnvPodTraces.AtLeast(1)},
		},
		{
			Prior: Common,
			Needs: Predictions{observe.EnvPort.Is(observe.VariableUnset)},
			Must:  Predictions{observe.EnvFirstProcess.Not(observe.FirstHasIt), observe.EnvPodTraces.AtLeast(1)},
		},
		// of the three variables the one that only the guide's curl reads
		{
			Prior: Common,
			Needs: Predictions{observe.EnvHTTPSPort.Is(observe.VariableUnset)},
			Must:  Predictions{observe.EnvHost.Not(observe.VariableUnset), observe.EnvPort.Not(observe.VariableUnset)},
		},
	},
	Brings: Predictions{observe.EnvPort.Is(observe.VariableUnset), observe.EnvHTTPSPort.Is(observe.VariableUnset)},
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/40973",
		"https://github.com/kubernetes/kubernetes/pull/91500",
	},
	Decide: "kubectl -n NAMESPACE get pod POD -o yaml: which variables does it set?",
	Apart: "Process 1 lacks the variable too: had it been there, a shell or cron had dropped it (env.scrubbed). Something else of " +
		"a pod is here, which rules out a plain machine (env.not-a-pod). Set to an empty text, it would be env.malformed.",
	Fix: steps(
		look("what starts the program, and with which variables?",
			`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args} {.env[*].name}{"\n"}{end}'`,
			whenThen("it is started with env -i, su, or the like", "have that keep KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"),
			whenThen("a static pod, which began before the Service was known", "start it anew, from the file in /etc/kubernetes/manifests of its node"),
			when("by nothing of the kind", 2)),
		setEnv("sets the variables by itself",
			"KUBERNETES_SERVICE_HOST=SERVICE_IP KUBERNETES_SERVICE_PORT=API_PORT KUBERNETES_SERVICE_PORT_HTTPS=API_PORT"),
	),
}
