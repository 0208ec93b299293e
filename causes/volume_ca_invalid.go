package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaInvalid() *Page {
	return &Page{
		Code:    "volume.ca-invalid",
		Alone:   Likely,
		Title:   "ca.crt contains no certificate that Go can read",
		Remedy:  "replace the pod or mount the standard volume; if kube-root-ca.crt is invalid too, correct --root-ca-file",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileEmpty, observe.FileNoPEM, observe.FileBroken, observe.FileOtherPEM, observe.FileNotReadable)}}},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get configmap kube-root-ca.crt -o yaml", Text: "does it contain a certificate?"},
		Similar: "The file is readable, but contains no certificate that can be parsed; with one that can, it is volume.ca-dirty. A certificate that is only expired is " +
			"volume.ca-expired; one of another CA is tls.ca-rekeyed or tls.unknown-ca.",
		Fix: func(Input) []Step {
			return append([]Step{
				look("does the namespace have a valid CA, and which volume is mounted in the pod?", publishedCA+"\n"+mounts,
					when("yes, and the volume is not named kube-api-access-*", 2),
					when("yes, and kube-api-access-*", 3),
					when("no", 5)),
				ownVolume,
			}, append(restart(3, "a new pod gets the current file"),
				ask(admin, "correct the --root-ca-file of kube-controller-manager; it then updates every kube-root-ca.crt"))...)
		},
	}
}
