package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchVolume() *Page {
	return &Page{
		Code:   "launch.volume",
		Alone:  Certain,
		Title:  "a volume of the pod cannot be mounted",
		Remedy: "provide the Secret, ConfigMap or volume that the message names",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NoVolume)}}},
		Similar: "The kubelet waits for a volume, so no container has been created. What variables refer to is launch.config; without a " +
			"network the pod has no sandbox (launch.sandbox).",
		Fix: steps(
			look("which volume is it?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD,reason=FailedMount",
				whenThen("configmap kube-root-ca.crt not found", "ask "+admin+": kube-controller-manager publishes it in each namespace"),
				when("a Secret or ConfigMap that is not found", 2),
				whenThen("a PersistentVolume", "kubectl -n NAMESPACE describe pvc says why")),
			ask("the owner of WORKLOAD", "create what is missing, or correct its name in the pod template"),
		),
	}
}
