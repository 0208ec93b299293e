package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCovered() *Page {
	return &Page{
		Code:   "volume.covered",
		Alone:  Certain,
		Title:  "another mount hides the service account volume in this container",
		Remedy: "mount a volume at /run, or let the program mount elsewhere",
		Forms:  []Form{{Prior: Rare, Proof: Predictions{observe.VolumeMount.Is(observe.MountCovered)}}},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/63389",
			"https://github.com/tektoncd/pipeline/issues/4666",
			"proc_pid_mountinfo(5): the fields mount ID, parent ID and mount point",
		},
		Similar: "The kernel's mount table has the kubelet's volume, and another mount that stands over it, as a tmpfs on /run " +
			"where an image starts systemd. Without the volume in that table it is volume.not-mounted. A mount without files " +
			"and with nothing over it is volume.empty.",
		Fix: steps(
			look("what does the container start, and does it mount something at /run or /var/run?",
				ofPod+`'{range .spec.containers[*]}{.name} {.image} {.command} {.args}{"\n"}{end}'`+"\n"+mounts,
				when("systemd or another init (/sbin/init, /usr/sbin/init): it mounts a tmpfs on /run", 2),
				when("another program, which mounts what was seen over the volume", 3)),
			ask("the owner of WORKLOAD", "give the container a volume at /run (emptyDir, medium Memory): systemd leaves a /run alone that is a mount already; or start the program without an init"),
			ask("the owner of WORKLOAD", "let the program mount elsewhere, or not at all"),
		),
	}
}
