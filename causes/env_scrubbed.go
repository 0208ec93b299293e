package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envScrubbed() *Page {
	return &Page{
		Code:   "env.scrubbed",
		Alone:  Certain,
		Title:  "su, sudo, cron or a login shell removed the variables; the container itself has them",
		Remedy: "pass the variables of process 1 to this shell; for cron and logins, write them to /etc/environment",
		Forms: []Form{
			{
				Prior: Common,
				Proof: Predictions{observe.EnvFirstProcess.Is(observe.FirstHasIt)},
				Needs: Predictions{observe.EnvFirstProcess.Is(observe.FirstHasIt), observe.EnvHost.Is(observe.VariableUnset)},
			},
			{
				Prior: Common,
				Proof: Predictions{observe.EnvFirstProcess.Is(observe.FirstHasIt)},
				Needs: Predictions{observe.EnvFirstProcess.Is(observe.FirstHasIt), observe.EnvPort.Is(observe.VariableUnset)},
			},
		},
		Consequences: Predictions{observe.EnvPort.Is(observe.VariableUnset), observe.EnvHTTPSPort.Is(observe.VariableUnset)},
		Sources: []string{
			"https://github.com/kubernetes-client/python/issues/992",
		},
		Similar: "Process 1 of the same container has the variable and this process does not, so the kubelet set it and something " +
			"in between removed it. With env.missing, process 1 does not have it either.",
		Fix: steps(
			change("this shell gets the variables from the container's first process", "exit", `v=$(tr '\0' '\n' </proc/1/environ | grep '^KUBERNETES_') && export $v`).at(inContainer),
			ask("the builders of the image", "for logins and cron jobs (PAM reads the file), run at the start of the container, as root").
				with("env | grep '^KUBERNETES_' >> /etc/environment"),
		),
	}
}
