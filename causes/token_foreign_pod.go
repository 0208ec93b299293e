package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenForeignPod = Page{
	Code:  "token.foreign-pod",
	Alone: Likely,
	Title: "the token belongs to another pod, and dies with it",
	Forms: []Form{{
		Prior: Uncommon, // somebody has copied a token
		Needs: Predictions{observe.TokenPod.Is(observe.Others)},
		Must:  Predictions{observe.TokenFresh.Is(observe.Alike)},
	}},
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/hashicorp/vault-plugin-auth-kubernetes/issues/121",
		"https://github.com/kubernetes/website/issues/32655",
	},
	Apart: "The pod named in the token is not this one by the downward API. A host name proves nothing; without POD_NAME or " +
		"POD_UID this cannot be told from token.rejected.",
	Fix: steps(
		look("whose volume is it? The token was copied from another pod",
			mounts,
			when("one of another name than kube-api-access-*", 2)),
		ownVolume,
	),
}
