package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchContainer() *Page {
	return &Page{
		Code:   "launch.container",
		Alone:  Certain,
		Title:  "the kubelet or the container runtime cannot start a container of the pod",
		Remedy: "correct the command, the user or the mounts in the pod template, as the message says",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.CannotRun)}}},
		Similar: "The kubelet says CreateContainerError, RunContainerError or that runAsNonRoot contradicts the image. What env or " +
			"envFrom refer to and is missing is launch.config; a container that was started and ends again is not this cause.",
		Fix: steps(
			look("what does the kubelet say?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD",
				when("no such file or directory, or executable file not found: the command is not in the image", 2),
				when("runAsNonRoot, and the image runs as root: runAsUser is missing", 2),
				whenThen("anything of the node, such as a full disk or cgroups", "ask "+nodeAdmin)),
			ask("the owner of WORKLOAD", "correct the pod template"),
		),
	}
}
