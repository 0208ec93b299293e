package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchUnscheduled() *Page {
	return &Page{
		Code:   "launch.unscheduled",
		Alone:  Certain,
		Title:  "no node takes the pod",
		Remedy: "change the requests, the node selector or the tolerations as the message says, or add a node",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.Unscheduled)}}},
		Similar: "The scheduler has found no node, and its message counts the reasons. A node that took the pod and does not report is " +
			"launch.node-lost.",
		Fix: steps(
			look("what do the nodes lack?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD,reason=FailedScheduling\nkubectl get nodes",
				when("Insufficient cpu or memory: no node has as much free as is requested", 2),
				when("node affinity, selector or taint: no node fits", 2),
				whenThen("unbound PersistentVolumeClaims", "kubectl -n NAMESPACE describe pvc says why")),
			ask("the owner of WORKLOAD", "change what the pod template requests, or ask "+admin+" for a node that fits"),
		),
	}
}
