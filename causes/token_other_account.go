package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenOtherAccount = Page{
	Code:  "token.other-account",
	Alone: Certain, Warning: true,
	Title: "the API server or the token names another account than was expected",
	Forms: []Form{
		{Prior: Common, Proof: Predictions{observe.TokenAccount.Is(observe.Others)}},
		{Prior: Uncommon, Proof: Predictions{observe.TokenUser.Is(observe.Others)}}, // a proxy with an account of its own
	},
	Sources: []string{
		"https://github.com/vmware-archive/kubewatch/issues/95",
		"https://github.com/kubernetes-sigs/cluster-api/issues/1600",
	},
	Apart: "The account is known and accepted, and it is not the one that was expected. A refused request of the right account is " +
		"api.forbidden.",
	Fix: steps(
		look("as which account does the pod run?", ofPod+"'{.spec.serviceAccountName}{\"\\n\"}'\nkubectl -n NAMESPACE get serviceaccounts",
			whenThen("the one that is meant", "the program sends another token: look where it reads it"),
			when("another", 2)),
		change("WORKLOAD runs as the account MEANT_ACCOUNT, without the rights, pull secrets and cloud role of the one that it has"+replaced, rollBack, replace+"kubectl -n NAMESPACE set serviceaccount WORKLOAD MEANT_ACCOUNT"),
	),
}
