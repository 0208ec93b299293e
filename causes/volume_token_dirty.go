package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeTokenDirty() *Page {
	return &Page{
		Code:         "volume.token-dirty",
		Alone:        Certain,
		Title:        "the token file contains characters that a token cannot have, such as a newline",
		Remedy:       "mount the standard service account volume, or write only the token to the file",
		Forms:        []Form{{Prior: Common, Proof: Predictions{observe.VolumeToken.Is(observe.FilePadded, observe.FileControl, observe.FileDirty)}}},
		Consequences: Predictions{observe.TokenReview.Is(observe.Unauthorized, observe.Anonymous)},
		Sources:      []string{"https://github.com/kubernetes/kubernetes/issues/52919"},
		Similar: "The bytes of the file show it, before any connection. The API server rejects such a token like any other invalid " +
			"one (token.rejected). Clients that trim white space work, such as client-go and curl; others fail before they " +
			"send anything.",
		Fix: steps(replaceToken...),
	}
}
