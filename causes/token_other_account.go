package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenOtherAccount() *Page {
	return &Page{
		Code:  "token.other-account",
		Alone: Certain, Warning: true,
		Title:  "the API server or the token names another service account than expected",
		Remedy: "set serviceAccountName in the pod template to the account that is meant",
		Forms: []Form{
			{Prior: Common, Proof: Predictions{observe.TokenAccount.Is(observe.Others)}},
			{Prior: Uncommon, Proof: Predictions{observe.TokenUser.Is(observe.Others)}}, // a proxy with an account of its own
		},
		Sources: []string{
			"https://github.com/vmware-archive/kubewatch/issues/95",
			"https://github.com/kubernetes-sigs/cluster-api/issues/1600",
		},
		Similar: "The account is known and accepted, but it is not the expected one. If a request of the right account is denied, " +
			"it is api.forbidden.",
		Fix: steps(
			look("which service account does the pod use?", ofPod+"'{.spec.serviceAccountName}{\"\\n\"}'\nkubectl -n NAMESPACE get serviceaccounts",
				whenThen("the intended one", "the program sends another token: check where it reads it from"),
				when("another", 2)),
			change("WORKLOAD uses the service account MEANT_ACCOUNT, without the permissions, image pull secrets and cloud role of the present one"+replaced, rollBack, replace+"kubectl -n NAMESPACE set serviceaccount WORKLOAD MEANT_ACCOUNT"),
		),
	}
}
