package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func internalError() *Page {
	return &Page{
		Code:    "internal.error",
		Alone:   Certain,
		Title:   "a check of k8sdoctor itself failed, which says nothing about the pod",
		Remedy:  "report the error, with the JSON report",
		Forms:   []Form{{Prior: Common, Proof: Predictions{observe.Broken.Is(true)}}},
		Similar: "The check itself failed; the evidence has the message. All other results are valid.",
		Fix: steps(
			ask("the developers of k8sdoctor", "run it again; if it happens again, report it with the JSON form of this report"),
		),
	}
}
