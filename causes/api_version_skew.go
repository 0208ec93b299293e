package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiVersionSkew = Page{
	Code:  "api.version-skew",
	Alone: Certain, Warning: true,
	Title:   "the server's version is more than three minor versions away from this client's; requests usually work",
	Forms:   []Form{{Prior: Common, Proof: Predictions{observe.APISkewed.Is(true)}}},
	Sources: []string{"https://kubernetes.io/releases/version-skew-policy/"},
	Apart:   "Both versions are known from the server's own answer. Requests usually work; one that fails has another cause.",
	Fix: steps(
		look("how far apart are they? Most programs do not mind", "kubectl version", whenThen("a request fails for it", "use a client of the server's version")),
	),
}
