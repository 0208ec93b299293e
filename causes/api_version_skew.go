package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiVersionSkew() *Page {
	return &Page{
		Code:  "api.version-skew",
		Alone: Certain, Warning: true,
		Title:   "the server is more than three minor versions away from this client; requests usually work",
		Remedy:  "use a client of the server's version, if a request fails",
		Forms:   []Form{{Prior: Common, Proof: Predictions{observe.APISkewed.Is(true)}}},
		Sources: []string{"https://kubernetes.io/releases/version-skew-policy/"},
		Similar: "Both versions are known from the server's own answer. Requests usually work; a request that fails has another " +
			"cause.",
		Fix: steps(
			look("how far apart are the versions? Most programs work anyway", "kubectl version", whenThen("a request fails because of it", "use a client of the server's version")),
		),
	}
}
