package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeCaBundle = Page{
	Code:  "volume.ca-bundle",
	Alone: Certain, Warning: true,
	Title: "ca.crt holds several certificates, of which some clients read only the first",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.VolumeBundle.Is(true)}}},
	Sources: []string{
		"https://github.com/fabric8io/kubernetes-client/issues/3874",
	},
	Apart: "Only the number of certificates in the file is known; Go, Python and curl read all of them. It matters to clients that" +
		" read the first one, and then looks like tls.unknown-ca there and nowhere else.",
	Fix: steps(
		look("is a CA being replaced? Then several are right",
			`kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}'`,
			whenThen("yes, or all clients read all of them (Go, Python, curl)", "leave it"),
			when("a client reads only the first", 2)),
		ask(admin, "in the file that --root-ca-file of kube-controller-manager names, put the CA first that signed the API server's certificate"),
	),
}
