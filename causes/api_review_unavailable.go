package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiReviewUnavailable() *Page {
	return &Page{
		Code:  "api.review-unavailable",
		Alone: Likely, Warning: true,
		Title:  "the API server does not offer SelfSubjectReview (Kubernetes 1.28) to this account",
		Remedy: "nothing, before Kubernetes 1.28; later, restore the role binding system:basic-user",
		Forms: []Form{{
			Prior: Uncommon, // Kubernetes has it since 1.28
			Needs: Predictions{observe.TokenReview.Is(observe.Unavailable)},
		}},
		Confirm: Confirm{Command: "kubectl version", Text: "is the server older than 1.28?"},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/pull/111333",
			"https://github.com/kubernetes/kubernetes/pull/117713",
		},
		Similar: "The review is unknown (404) or forbidden (403) for an account that is accepted otherwise. A 401 is one of the " +
			"token codes.",
		Fix: steps(
			look("is the server older than 1.28? Then nothing is wrong", "kubectl version", when("1.28 or newer, and the answer was 403", 2),
				whenThen("1.28 or newer, and the answer was 404", "something between this pod and the API server changes the path, or the API is switched off")),
			ask(admin, "every account should have the role system:basic-user").with("kubectl get clusterrolebinding system:basic-user -o yaml"),
		),
	}
}
