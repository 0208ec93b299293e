package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var internalError = Page{
	Code:  "internal.error",
	Alone: Certain,
	Title: "a check of k8sdoctor broke by itself, which says nothing about the pod",
	Forms: []Form{{Prior: Common, Proof: Predictions{observe.Broken.Is(true)}}},
	Apart: "The check itself failed, with a message that is in the evidence. All other results stand on their own.",
	Fix: steps(
		ask("the makers of k8sdoctor", "run it once more; where it happens again, report it with the JSON form of this report"),
	),
}
