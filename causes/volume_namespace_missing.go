package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeNamespaceMissing() *Page {
	return &Page{
		Code:  "volume.namespace-missing",
		Alone: Certain, Warning: true,
		Title:  "the service account volume has no readable namespace file",
		Remedy: "mount the standard service account volume in place of the custom one",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeNamespace.Is(observe.FileMissing, observe.FileNotReadable)}}},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/32352",
		},
		Similar: "The token names the namespace too, so requests work; only clients that need the file fail. A volume without " +
			"other files as well is volume.token-missing or volume.ca-missing.",
		Fix: steps(
			look("where is the volume from? The standard service account volume has the file",
				mounts,
				when("one that is not named kube-api-access-*", 2)),
			ownVolume,
		),
	}
}
