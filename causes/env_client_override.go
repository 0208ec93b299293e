package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var envClientOverride = Page{
	Code:  "env.client-override",
	Alone: Certain, Warning: true,
	Title: "settings are here that some clients prefer to the in-cluster configuration",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.EnvClient.Is(true)}}},
	Sources: []string{
		"https://github.com/kubernetes-client/javascript/issues/321",
		"https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
	},
	Apart: "Requests of this program ignore these settings and can work; only clients that read them go elsewhere. Such a client " +
		"fails while this report passes, often with an address that is not the API server's.",
	Fix: steps(
		look("are they meant?", "env | grep -E '^(KUBECONFIG|KUBERNETES_MASTER)='; ls -l ~/.kube/config",
			whenThen("the program shall use another cluster", "leave them"),
			when("they are variables, and not meant", 2),
			when("it is a file that came with the image", 3)).at(inContainer),
		setEnv("sets them no more, and uses this cluster", "KUBECONFIG- KUBERNETES_MASTER-"),
		ask("who builds the image", "leave ~/.kube/config out"),
	),
}
