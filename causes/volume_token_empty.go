package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeTokenEmpty() *Page {
	return &Page{
		Code:   "volume.token-empty",
		Alone:  Certain,
		Title:  "the token file is empty",
		Remedy: "replace the pod; if the volume is a custom one, mount the standard one",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FileEmpty, observe.FileBlank)}}},
		Similar: "The file is readable and contains nothing but white space. A token that is not readable is volume.token-denied. " +
			"With an empty token, curl is system:anonymous to the server, which looks like token.stripped there.",
		Fix: func(Input) []Step {
			return append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a new token")...)
		},
	}
}
