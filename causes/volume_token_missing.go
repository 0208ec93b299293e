package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeTokenMissing = Page{
	Code:  "volume.token-missing",
	Alone: Certain,
	Title: "the service-account volume holds no token",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FileMissing, observe.FileDangling)}}},
	Apart: "Other files of the volume are there, so it is mounted and was filled. volume.not-mounted and volume.empty have none of" +
		" them.",
	Fix: steps(
		look("which volume is mounted there, and what is in it?", mounts+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.volumes}{\"\\n\"}'",
			when("one that somebody made, without a serviceAccountToken", 2)),
		ownVolume,
	),
}
