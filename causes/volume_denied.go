package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeDenied() *Page {
	return &Page{
		Code:   "volume.denied",
		Alone:  Possible,
		Title:  "SELinux or AppArmor denies this container access to the service account files",
		Remedy: "correct the policy on node NODE, then replace the pod",
		Forms: []Form{
			{Prior: Common, Needs: Predictions{observe.VolumeMount.Is(observe.MountDenied)}},
			{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileDeniedLabel)}},
			{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileDeniedLabel)}},
		},
		Consequences: Predictions{observe.VolumeCA.Is(observe.FileDeniedLabel), observe.VolumeNamespace.Is(observe.FileNotReadable)},
		Sources: []string{
			"https://github.com/k3s-io/k3s/issues/5493",
			"https://github.com/openshift/microshift/issues/310",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "ausearch -m avc -ts recent; dmesg | grep -i apparmor", Text: "what is denied?"},
		Similar: "The file's mode allows this user to read it, but the kernel denies access, so a security module does; the " +
			"evidence has the process label. When the mode or the group denies access, it is volume.token-denied.",
		Fix: steps(
			look("what did SELinux or AppArmor deny?", "ausearch -m AVC -ts recent\njournalctl --dmesg --since -1h --grep 'apparmor=\"DENIED\"'").at(onNode),
			ask(nodeAdmin, "correct the policy in that line (often: update container-selinux), then replace the pod"),
		),
	}
}
