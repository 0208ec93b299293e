package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenForeignPod() *Page {
	return &Page{
		Code:   "token.foreign-pod",
		Alone:  Likely,
		Title:  "the token is bound to another pod",
		Remedy: "mount the standard service account volume in place of the copied token",
		Forms: []Form{{
			Prior: Uncommon, // somebody has copied a token
			Needs: Predictions{observe.TokenPod.Is(observe.Others)},
			Must:  Predictions{observe.TokenFresh.Not(observe.Differs)},
			Doubt: Predictions{observe.TokenFresh.Is(observe.Alike)},
		}},
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/hashicorp/vault-plugin-auth-kubernetes/issues/121",
			"https://github.com/kubernetes/website/issues/32655",
		},
		Similar: "By the downward API, the pod that the token names is not this one; the token is invalid once that pod is " +
			"deleted. A host name proves nothing: without POD_NAME or POD_UID, this looks like token.rejected.",
		Fix: steps(
			look("where is the volume from? The token was copied from another pod",
				mounts,
				when("one that is not named kube-api-access-*", 2)),
			ownVolume,
		),
	}
}
