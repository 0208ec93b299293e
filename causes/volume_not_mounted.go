package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeNotMounted() *Page {
	return &Page{
		Code:   "volume.not-mounted",
		Alone:  Certain,
		Title:  "no service account volume is mounted in this container",
		Remedy: "set automountServiceAccountToken: true for the pod",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeMount.Is(observe.MountAbsent)}}},
		Sources: []string{
			"https://github.com/pomerium/pomerium/issues/5279",
			"https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
			"https://github.com/kubernetes/kubectl/issues/1071",
		},
		Similar: "The kernel's mount table has no mount at the directory: automounting is off, or admission did not add the " +
			"volume. An empty mount is volume.empty; a mount without a token is volume.token-missing. Only the API shows " +
			"which object turned automounting off, the Pod or the ServiceAccount.",
		Fix: steps(
			look("is automounting off?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='pod: {.spec.automountServiceAccountToken}{"\n"}'
kubectl -n NAMESPACE get serviceaccount SERVICE_ACCOUNT -o jsonpath='ServiceAccount: {.automountServiceAccountToken}{"\n"}'`,
				when("false on either of them, and not on purpose", 2),
				whenThen("not false, and this is a container of kubectl debug", "those never get the volume: check another container"),
				when("not false, in an ordinary container", 3)),
			changeTemplate("mounts the token in all its containers; this overrides the ServiceAccount", "spec:\n  automountServiceAccountToken: true"),
			ask(admin, "enable the admission plugin ServiceAccount of kube-apiserver"),
		),
	}
}
