package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeNamespaceMissing = Page{
	Code:  "volume.namespace-missing",
	Alone: Certain, Warning: true,
	Title: "the service-account volume holds no readable namespace file",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.VolumeNamespace.Is(observe.FileMissing, observe.FileNotReadable)}}},
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/32352",
	},
	Apart: "The token names the namespace too, so requests work; only clients that need the file fail. A volume that lacks more " +
		"than this file is volume.token-missing or volume.ca-missing.",
	Fix: steps(
		look("whose volume is it? Kubernetes' own has the file",
			mounts,
			when("one of another name than kube-api-access-*", 2)),
		ownVolume,
	),
}
