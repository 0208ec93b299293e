package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeNamespaceMismatch() *Page {
	return &Page{
		Code:  "volume.namespace-mismatch",
		Alone: Likely, Warning: true,
		Title:   "the namespace file and the token name different namespaces",
		Remedy:  "mount the standard service account volume in place of the custom one",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.VolumeAgrees.Is(false)}}},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "what is mounted there, and from where?"},
		Similar: "The file and the token are from different namespaces, so at least one of them was copied. If they agree and the " +
			"pod's name differs, it is token.foreign-pod.",
		Fix: steps(
			look("where is the volume from? A token or namespace was copied",
				mounts,
				when("one that is not named kube-api-access-*", 2)),
			ownVolume,
		),
	}
}
