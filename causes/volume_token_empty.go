package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeTokenEmpty = Page{
	Code:  "volume.token-empty",
	Alone: Certain,
	Title: "the token file is empty",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FileEmpty, observe.FileBlank)}}},
	Apart: "The file was read and holds nothing but white space. A token that could not be read is volume.token-denied; curl with " +
		"an empty token is seen by the server as anonymous, which looks like token.stripped from the server's side.",
	Fix: func(Input) []Step {
		return append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a new token")...)
	},
}
