package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envScrubbed = Page{
	Code:  "env.scrubbed",
	Alone: Certain,
	Title: "a login shell, cron, su or sudo has dropped the variables that the container has",
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
	Brings: Predictions{observe.EnvPort.Is(observe.VariableUnset), observe.EnvHTTPSPort.Is(observe.VariableUnset)},
	Sources: []string{
		"https://github.com/kubernetes-client/python/issues/992",
	},
	Apart: "Process 1 of the same container has the variable and this process does not, so the kubelet gave it and something in " +
		"between dropped it. With env.missing process 1 lacks it as well.",
	Fix: steps(
		change("this shell takes them from the container's first process", "exit", `v=$(tr '\0' '\n' </proc/1/environ | grep '^KUBERNETES_') && export $v`).at(inContainer),
		ask("who builds the image", "for logins and cron jobs (read by PAM), have the container's start run as root").
			with("env | grep '^KUBERNETES_' >> /etc/environment"),
	),
}
