package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeDenied = Page{
	Code:  "volume.denied",
	Alone: Possible,
	Title: "SELinux or AppArmor keeps this container from files that everybody may read",
	Forms: []Form{
		{Prior: Common, Needs: Predictions{observe.VolumeMount.Is(observe.MountDenied)}},
		{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileDeniedLabel)}},
		{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileDeniedLabel)}},
	},
	Brings: Predictions{observe.VolumeCA.Is(observe.FileDeniedLabel), observe.VolumeNamespace.Is(observe.FileNotReadable)},
	Sources: []string{
		"https://github.com/k3s-io/k3s/issues/5493",
		"https://github.com/openshift/microshift/issues/310",
	},
	Decide: "ausearch -m avc -ts recent, or dmesg | grep -i apparmor, on node NODE",
	Apart: "The mode lets this user read the file and the kernel refuses all the same, so a security module does; the process " +
		"label is in the evidence. When the mode or the group forbids it, the cause is volume.token-denied.",
	Fix: steps(
		look("what was refused, by SELinux or by AppArmor?", "ausearch -m AVC -ts recent\njournalctl --dmesg --since -1h --grep 'apparmor=\"DENIED\"'").at(onNode),
		ask(nodeAdmin, "correct the policy that the line names (often: update container-selinux); then start the pod anew"),
	),
}
