package causes

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func tokenPodTerminating() *Page {
	return &Page{
		Code:    "token.pod-terminating",
		Alone:   Possible,
		Best:    Possible, // the answer is the bare 401 of every token that is refused
		Title:   "this pod was to end before now, so the API server no longer accepts its token",
		Remedy:  "find what keeps the pod from ending (finalizer, volume, process)",
		Special: "token.rejected",
		Forms: slices.Concat(
			eachNeeds(Form{ // by the cluster's API
				Prior: Common,
				Proof: Predictions{observe.PodDeleted.Is(true)},
				Needs: Predictions{observe.PodDeleted.Is(true)},
			}, anywhere(observe.Unauthorized)),
			// a pod that outlives its grace period: a finalizer, a process that cannot be killed
			answered(ofDeletedPod(Uncommon), observe.Unauthorized),
			// the kubelet renews nothing for a pod that is being deleted
			answered(ofDeletedPod(Common, observe.TokenOverdue.Is(true)), observe.Unauthorized),
		),
		Consequences: append(anywhere(observe.Unauthorized), observe.TokenOverdue.Is(true)),
		Confirm:      Confirm{Command: deletion, Text: "does it print a time more than a minute ago, or NotFound?"},
		Sources: []string{
			"https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
			"https://github.com/kubernetes/kubernetes/issues/122568",
			"https://github.com/kubernetes/website/pull/47404",
			"https://github.com/kubernetes/kubernetes/issues/116481",
		},
		Similar: "The API server refuses the token of a pod from a minute after its deletionTimestamp on, which lies a grace " +
			"period after the request to delete it. The answer is the same 401 as for token.rejected; a renewal that is overdue " +
			"as well speaks for a pod that is being deleted, or for a ServiceAccount that no longer exists.",
		Fix: steps(deletedFirst(whenThen("neither", "this is not the cause: see token.rejected"))...),
	}
}

// ofDeletedPod is the refusal of a token whose pod is being deleted: one that is bound to
// this pod, in the kubelet's volume.
func ofDeletedPod(prior Prior, needs ...observe.Prediction) Form {
	f := refusedToken(prior, observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails), observe.TokenIssuer.Not(observe.Others))
	f.Needs = append(needs, observe.TokenFileIs.Is(observe.KubeletFile))
	f.Must = append(f.Must, observe.PodDeleted.Is(true))
	return f
}
