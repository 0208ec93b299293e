package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchNodeLost() *Page {
	return &Page{
		Code:   "launch.node-lost",
		Alone:  Certain,
		Title:  "the node of the pod does not report, so how the pod is cannot be known",
		Remedy: "start node NODE or its kubelet again; if it does not come back, delete the node",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NodeLost)}}},
		Similar: "The kubelet of the node has not reported for some time, and the pod may still run there. A node that reports and is not " +
			"ready is another matter: its conditions say why.",
		Fix: steps(
			look("since when has the node not reported?", "kubectl describe node NODE",
				when("its conditions are Unknown", 2)),
			ask(nodeAdmin, "start the machine, or the kubelet on it").with("systemctl status kubelet; journalctl -u kubelet --since -10min").at(onNode),
		),
	}
}
