package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaBundle() *Page {
	return &Page{
		Code:  "volume.ca-bundle",
		Alone: Certain, Warning: true,
		Title:  "ca.crt contains several certificates; some clients read only the first",
		Remedy: "put the CA that signed the API server certificate first in --root-ca-file of kube-controller-manager",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeBundle.Is(true)}}},
		Sources: []string{
			"https://github.com/fabric8io/kubernetes-client/issues/3874",
		},
		Similar: "Go, Python and curl read all certificates in the file. A client that reads only the first one may fail, which " +
			"looks like tls.unknown-ca in that client only.",
		Fix: steps(
			look("is the CA being rotated? Then several are right",
				`kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}'`,
				whenThen("yes, or all clients read all of them (Go, Python, curl)", "leave it"),
				when("a client reads only the first", 2)),
			ask(admin, "in the --root-ca-file of kube-controller-manager, put the CA that signed the API server's certificate first"),
		),
	}
}
