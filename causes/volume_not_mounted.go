package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeNotMounted = Page{
	Code:  "volume.not-mounted",
	Alone: Certain,
	Title: "no service-account volume is mounted in this container",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.VolumeMount.Is(observe.MountAbsent)}}},
	Sources: []string{
		"https://github.com/pomerium/pomerium/issues/5279",
		"https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
		"https://github.com/kubernetes/kubectl/issues/1071",
	},
	Apart: "The kernel's mount table has no mount at the directory: automounting is off, or admission never added the volume. A " +
		"mount that is empty is volume.empty; one without only the token is volume.token-missing. Which of the two objects " +
		"switched it off, Pod or ServiceAccount, can only be read from the API.",
	Fix: steps(
		look("is automounting switched off?",
			`kubectl -n NAMESPACE get pod POD -o jsonpath='pod: {.spec.automountServiceAccountToken}{"\n"}'
kubectl -n NAMESPACE get serviceaccount SERVICE_ACCOUNT -o jsonpath='ServiceAccount: {.automountServiceAccountToken}{"\n"}'`,
			when("false, on either, and not to keep the program from the API", 2),
			whenThen("neither, and the container is one of kubectl debug", "those never get it: look at another container"),
			when("neither, in an ordinary container", 3)),
		changeTemplate("mounts the token in all its containers; this wins over the ServiceAccount", "spec:\n  automountServiceAccountToken: true"),
		ask(admin, "switch the admission plugin ServiceAccount of kube-apiserver on"),
	),
}
