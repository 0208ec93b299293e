package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envMissing() *Page {
	return &Page{
		Code:   "env.missing",
		Alone:  Likely,
		Title:  "this container lacks variables that the kubelet sets in every container",
		Remedy: "find what removes the variables (env -i, su), or set them in the pod template",
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
				Must:  Predictions{observe.EnvHost.Is(observe.VariableFine), observe.EnvPort.Is(observe.VariableFine)},
			},
		},
		Consequences: Predictions{observe.EnvPort.Is(observe.VariableUnset), observe.EnvHTTPSPort.Is(observe.VariableUnset)},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/40973",
			"https://github.com/kubernetes/kubernetes/pull/91500",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "which variables does the pod set?"},
		Similar: "Process 1 does not have the variable either; if it had, the environment was cleared by su, sudo or cron " +
			"(env.scrubbed). Other signs of a pod are here, so this is not a plain machine (env.not-a-pod). A variable that " +
			"is set but empty is env.malformed.",
		Fix: steps(
			look("what command starts the program, and with which variables?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args} {.env[*].name}{"\n"}{end}'`,
				whenThen("it is started with env -i, su, or the like", "let that keep KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"),
				whenThen("it is a static pod that started before the Service existed", "restart it, from the file in /etc/kubernetes/manifests on its node"),
				when("none of these", 2)),
			setEnv("sets the variables in its pod template",
				"KUBERNETES_SERVICE_HOST=SERVICE_IP KUBERNETES_SERVICE_PORT=API_PORT KUBERNETES_SERVICE_PORT_HTTPS=API_PORT"),
		),
	}
}
