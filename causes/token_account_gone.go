package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenAccountGone() *Page {
	return &Page{
		Code:    "token.account-gone",
		Alone:   Certain,
		Title:   "the pod's ServiceAccount was deleted, or deleted and made again, so its token is void",
		Remedy:  "make the service account again if it is gone, then replace the pod",
		Special: "token.rejected",
		Forms: eachNeeds(Form{
			Prior: Common,
			Proof: Predictions{observe.PodAccount.Is(observe.AccountMissing, observe.AccountOther)},
			Needs: Predictions{observe.PodAccount.Is(observe.AccountMissing, observe.AccountOther)},
		}, anywhere(observe.Unauthorized)),
		Consequences: append(anywhere(observe.Unauthorized), observe.TokenOverdue.Is(true)),
		Sources:      []string{"https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/"},
		Similar: "The API server refuses the token, and the ServiceAccount that it was issued for is not there: it is missing, or has " +
			"another uid than the token. If the uid is the same, it is another kind of token.rejected.",
		Fix: tokenRejected().Fix,
	}
}
