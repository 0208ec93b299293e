package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchConfig() *Page {
	return &Page{
		Code:   "launch.config",
		Alone:  Certain,
		Title:  "a container refers to a Secret, ConfigMap or key that is not there",
		Remedy: "create what the message names, or correct its name in the pod template",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NoConfiguration)}}},
		Similar: "The kubelet says CreateContainerConfigError: what env or envFrom refer to is missing. A volume that is missing is " +
			"launch.volume; a container that cannot be started for another reason is launch.container.",
		Fix: steps(
			look("what is missing?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD\nkubectl -n NAMESPACE get secrets,configmaps",
				when("a Secret, a ConfigMap or a key", 2)),
			ask("the owner of WORKLOAD", "create what is missing, or correct its name in the pod template"),
		),
	}
}
