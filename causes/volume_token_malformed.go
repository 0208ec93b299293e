package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeTokenMalformed() *Page {
	return &Page{
		Code:         "volume.token-malformed",
		Alone:        Likely,
		Title:        "the token file does not contain a service account token",
		Remedy:       "mount the standard service account volume, or write only the token to the file",
		Forms:        []Form{{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileNoJWT, observe.FileNoSubject, observe.FileNotReadable)}}},
		Consequences: Predictions{observe.TokenReview.Is(observe.Unauthorized, observe.Anonymous)},
		Confirm:      Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "what is mounted there, and from where?"},
		Similar: "The text does not have the three parts of a JSON Web Token, or not the claims of a service account token. A " +
			"well-formed token that the server rejects is one of the token codes.",
		Fix: steps(replaceToken...),
	}
}
