package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenStripped = Page{
	Code:   "token.stripped",
	Alone:  Likely,
	Title:  "the token was sent and did not arrive: something on the way removes the Authorization header",
	Forms:  answered(Form{Prior: Uncommon}, observe.Anonymous), // something on the way has to end TLS with the cluster's own key
	Brings: anywhere(observe.Anonymous),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/58291",
		"https://github.com/kubernetes/client-go/issues/542",
	},
	Apart: "The server saw system:anonymous although a clean token was sent. To the server an empty token (volume.token-empty) or " +
		"two blanks in the header look the same; k8sdoctor sends neither. A server that refuses anonymous requests answers 401 " +
		"instead, like token.rejected.",
	Fix: steps(aroundMesh...),
}
