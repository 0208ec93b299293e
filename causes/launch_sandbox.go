package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchSandbox() *Page {
	return &Page{
		Code:   "launch.sandbox",
		Alone:  Certain,
		Title:  "the pod gets no network namespace: the CNI plugin or the container runtime on its node fails",
		Remedy: "repair the pod network (CNI) on node NODE",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NoSandbox)}}},
		Similar: "The event FailedCreatePodSandBox has the reason, which is usually the CNI plugin's: it is not there, has no addresses " +
			"left, or cannot reach the API server itself. A volume that is missing is launch.volume.",
		Fix: steps(
			look("does the pod network run on node NODE?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD,reason=FailedCreatePodSandBox\nkubectl get pods --all-namespaces --field-selector spec.nodeName=NODE -o wide",
				when("the pod of the network plugin is missing or not ready", 2),
				whenThen("no addresses are left", "ask "+network+" for a larger pod range, or move pods to other nodes"),
				when("it is ready", 2)),
			ask(nodeAdmin, "why does the CNI plugin fail?").with("ls /etc/cni/net.d; journalctl -u containerd -u crio --since -10min | grep -i -E 'cni|sandbox'").at(onNode),
		),
	}
}
