package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiForbidden() *Page {
	return &Page{
		Code:   "api.forbidden",
		Alone:  Likely,
		Title:  "the API server knows this account but does not authorize the request (403)",
		Remedy: "grant the account what it needs; every account needs the role system:discovery",
		Forms: append(answered(Form{Prior: Common}, observe.Forbidden),
			Form{Prior: Common, Proof: Predictions{observe.APIDenied.AtLeast(1)}}),
		Consequences: append(anywhere(observe.Forbidden), observe.TokenReview.Is(observe.Unavailable)), // a cluster may have lost all default roles
		Confirm:      Confirm{Command: "kubectl -n NAMESPACE auth can-i --list --as=system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT", Text: "does it list what the program needs?"},
		Sources: []string{
			"https://github.com/kubernetes/client-go/issues/375",
			"https://github.com/kubernetes/kubernetes/issues/30924",
		},
		Similar: "The server names this account in its 403, so the token is accepted. A 403 for system:anonymous is " +
			"token.stripped; one that is not of an API server is api.not-kubernetes.",
		Fix: forbiddenFix,
	}
}
