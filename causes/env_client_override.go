package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envClientOverride = Page{
	Code:  "env.client-override",
	Alone: Certain, Warning: true,
	Title: "a kubeconfig or variable is here that overrides the in-cluster configuration of some clients",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.EnvClient.Is(true)}}},
	Sources: []string{
		"https://github.com/kubernetes-client/javascript/issues/321",
		"https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
	},
	Similar: "k8sdoctor ignores these settings, so its requests can succeed; only clients that read them connect elsewhere. " +
		"Such a client fails while this report passes, often with an address that is not the API server's.",
	Fix: steps(
		look("are these settings intended?", "env | grep -E '^(KUBECONFIG|KUBERNETES_MASTER)='; ls -l ~/.kube/config",
			whenThen("the program should use another cluster", "leave them"),
			when("they are variables, and not intended", 2),
			when("it is a file of the image", 3)).at(inContainer),
		setEnv("no longer sets them, and uses this cluster", "KUBECONFIG- KUBERNETES_MASTER-"),
		ask("the builders of the image", "remove ~/.kube/config"),
	),
}
