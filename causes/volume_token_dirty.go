package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeTokenDirty = Page{
	Code:    "volume.token-dirty",
	Alone:   Certain,
	Title:   "the token file holds characters that belong to no token, such as a newline",
	Forms:   []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FilePadded, observe.FileControl, observe.FileDirty)}}},
	Brings:  Predictions{observe.TokenReview.Is(observe.Unauthorized, observe.Anonymous)},
	Sources: []string{"https://github.com/kubernetes/kubernetes/issues/52919"},
	Apart: "The bytes themselves show it, before any connection. The API server refuses such a token like any other bad one " +
		"(token.rejected); clients that trim white space, client-go and curl among them, work, and others fail before they send" +
		" anything.",
	Fix: steps(replaceToken...),
}
