package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchQuota() *Page {
	return &Page{
		Code:   "launch.quota",
		Alone:  Certain,
		Title:  "a ResourceQuota of the namespace keeps the pod from being created",
		Remedy: "ask for less in the pod template, delete what is not used, or ask for a larger quota",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.OverQuota)}}},
		Similar: "The API server refuses the pod with \"exceeded quota\", so its controller has an event and there is no pod. A refusal " +
			"for another reason is launch.admission.",
		Fix: steps(
			look("which quota is used up?", "kubectl -n NAMESPACE describe resourcequota",
				when("one whose Used is its Hard", 2),
				whenThen("none", "pods without requests or limits are refused by some quotas: set them in the pod template")),
			ask("the owner of namespace NAMESPACE", "delete what is not used, or ask "+admin+" for a larger quota"),
		),
	}
}
