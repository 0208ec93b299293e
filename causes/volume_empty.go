package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeEmpty() *Page {
	return &Page{
		Code:    "volume.empty",
		Alone:   Likely,
		Title:   "the service account volume is mounted and empty",
		Remedy:  "replace the pod; if the volume is a custom one, mount the standard one",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.VolumeMount.Is(observe.MountEmpty)}}},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "what is mounted there, and from where?"},
		Sources: []string{"https://github.com/kubernetes/kubernetes/issues/27973"},
		Similar: "The directory is in the mount table and contains no files. Without a mount it is volume.not-mounted; with ca.crt " +
			"only, it is volume.token-missing.",
		Fix: func(Input) []Step {
			return append(append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a fresh mount")...),
				ask(nodeAdmin, "if it is empty in new pods too: a kubelet that runs in a container needs \"shared\" here").
					with("findmnt -o TARGET,PROPAGATION -T /var/lib/kubelet").at(onNode))
		},
	}
}
