package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeCaInvalid = Page{
	Code:   "volume.ca-invalid",
	Alone:  Likely,
	Title:  "ca.crt holds no certificate",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileEmpty, observe.FileNoPEM, observe.FileBroken, observe.FileNotReadable)}}},
	Decide: "kubectl -n NAMESPACE get configmap kube-root-ca.crt -o yaml: does it hold a certificate?",
	Apart: "The file was read and no certificate came out of it. A certificate that is only too old is volume.ca-expired, one of " +
		"another authority tls.ca-rekeyed or tls.unknown-ca.",
	Fix: func(Input) []Step {
		return append([]Step{
			look("does the namespace have a CA that can be read, and whose volume is mounted in the pod?", publishedCA+"\n"+mounts,
				when("yes, and a volume of another name than kube-api-access-*", 2),
				when("yes, and kube-api-access-*", 3),
				when("no", 5)),
			ownVolume,
		}, append(restart(3, "a new pod gets the file as it is now"),
			ask(admin, "correct the file that --root-ca-file of kube-controller-manager names; it then writes every kube-root-ca.crt anew"))...)
	},
}
