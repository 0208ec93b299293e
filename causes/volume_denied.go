package causes

var volumeDenied = Page{
	Code:  "volume.denied",
	Alone: Possible,
	Title: "SELinux or AppArmor keeps this container from files that everybody may read",
	Apart: "The mode lets this user read the file and the kernel refuses all the same, so a security module does; the process " +
		"label is in the evidence. When the mode or the group forbids it, the cause is volume.token-denied.",
	Fix: steps(
		look("what was refused, by SELinux or by AppArmor?", "ausearch -m AVC -ts recent\njournalctl --dmesg --since -1h --grep 'apparmor=\"DENIED\"'").at(onNode),
		ask(nodeAdmin, "correct the policy that the line names (often: update container-selinux); then start the pod anew"),
	),
}
