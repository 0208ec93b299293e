package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeNamespaceMismatch = Page{
	Code:  "volume.namespace-mismatch",
	Alone: Likely, Warning: true,
	Title:  "the namespace file and the token name different namespaces",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.VolumeAgrees.Is(false)}}},
	Decide: "kubectl -n NAMESPACE get pod POD -o yaml: what is mounted there, and from where?",
	Apart: "File and token were made for different namespaces, so at least one was copied. When they agree and the pod's name " +
		"differs, it is token.foreign-pod.",
	Fix: steps(
		look("whose volume is it? A token or namespace was copied from elsewhere",
			mounts,
			when("one of another name than kube-api-access-*", 2)),
		ownVolume,
	),
}
