package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenStripped() *Page {
	return &Page{
		Code:         "token.stripped",
		Alone:        Likely,
		Title:        "a proxy removes the Authorization header, so the API server sees system:anonymous",
		Remedy:       "exclude the API server from the mesh or the proxy",
		Forms:        answered(Form{Prior: Uncommon}, observe.Anonymous), // the proxy has to terminate TLS with the cluster's own key
		Consequences: anywhere(observe.Anonymous),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/58291",
			"https://github.com/kubernetes/client-go/issues/542",
		},
		Similar: "The server saw system:anonymous although a valid-looking token was sent. An empty token (volume.token-empty) or " +
			"two spaces in the header look the same to the server; k8sdoctor sends neither. A server that does not allow " +
			"anonymous requests answers 401 instead, as with token.rejected.",
		Fix: steps(aroundMesh...),
	}
}
