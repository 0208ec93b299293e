package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeTokenMalformed = Page{
	Code:   "volume.token-malformed",
	Alone:  Likely,
	Title:  "the token file holds something that is not a service account's token",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileNoJWT, observe.FileNoSubject, observe.FileNotReadable)}}},
	Brings: Predictions{observe.TokenReview.Is(observe.Unauthorized, observe.Anonymous)},
	Decide: "kubectl -n NAMESPACE get pod POD -o yaml: what is mounted there, and from where?",
	Apart: "The text has not the three parts or the claims of a service account's token. A well-formed token that the server " +
		"refuses is one of the token codes.",
	Fix: steps(replaceToken...),
}
