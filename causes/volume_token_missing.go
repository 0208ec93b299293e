package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeTokenMissing() *Page {
	return &Page{
		Code:   "volume.token-missing",
		Alone:  Certain,
		Title:  "the service account volume contains no token",
		Remedy: "mount the standard service account volume in place of the custom one",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FileMissing, observe.FileDangling)}}},
		Similar: "Other files of the volume are there, so it is mounted and filled. With volume.not-mounted and volume.empty there " +
			"are no files at all.",
		Fix: steps(
			look("which volume is mounted there, and what is in it?", mounts+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.volumes}{\"\\n\"}'",
				when("a custom volume without a serviceAccountToken", 2)),
			ownVolume,
		),
	}
}
