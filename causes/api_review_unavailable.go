package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var apiReviewUnavailable = Page{
	Code:  "api.review-unavailable",
	Alone: Likely, Warning: true,
	Title: "the API server cannot be asked who this pod is (SelfSubjectReview: Kubernetes 1.28)",
	Forms: []Form{{
		Prior: Uncommon, // Kubernetes has it since 1.28
		Needs: Predictions{observe.TokenReview.Is(observe.Unavailable)},
	}},
	Decide: "kubectl version",
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/pull/111333",
		"https://github.com/kubernetes/kubernetes/pull/117713",
	},
	Apart: "The review is unknown (404) or forbidden (403) to an account that is otherwise accepted. A 401 is one of the token " +
		"codes.",
	Fix: steps(
		look("is the server older than 1.28? Then nothing is wrong", "kubectl version", when("1.28 or newer", 2)),
		ask(admin, "every account should have this role").with("kubectl get clusterrolebinding system:basic-user -o yaml"),
	),
}
