package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenRejected() *Page {
	return &Page{
		Code:   "token.rejected",
		Alone:  Possible,
		Title:  "the API server rejects a token that looks valid: account or pod recreated, or key or issuer changed",
		Remedy: "recreate the service account if it is gone, then replace the pod",
		Forms: answered(refusedToken(Common, observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails), observe.TokenIssuer.Not(observe.Others), observe.PodAccount.Is(observe.AccountThere), observe.PodDeleted.Is(false)),
			observe.Unauthorized),
		Consequences: append(anywhere(observe.Unauthorized), observe.TokenOverdue.Is(true)), // a kubelet gets no token for an account that is gone
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/cloudnative-pg/cloudnative-pg/issues/8781",
			"https://github.com/kubernetes/kubernetes/issues/106049",
			"https://github.com/rancher/rancher/issues/57218",
		},
		Similar: "The claims look right and the server answers 401, as for every invalid token. A ServiceAccount that was deleted " +
			"or recreated, another key (token.unknown-key), another issuer (token.unknown-issuer), a pod " +
			"that is being deleted (token.pod-terminating) and an authentication webhook that is down look the same from here: the server's log has the " +
			"reason.",
		Fix: func(Input) []Step {
			return []Step{
				look("does the ServiceAccount exist, is it older than the pod, and is the pod being deleted?",
					"kubectl -n NAMESPACE get serviceaccount/SERVICE_ACCOUNT pod/POD -o custom-columns=KIND:.kind,NAME:.metadata.name,SINCE:.metadata.creationTimestamp,DELETED:.metadata.deletionTimestamp",
					whenThen("the pod is NotFound, or its DELETED is more than a minute ago: its token is void", "see token.pod-terminating"),
					when("the ServiceAccount is NotFound: it was deleted, and all its tokens are invalid", 2),
					when("newer than the pod: it was recreated, and the token is of the old one", 3),
					when("older", 5)),
				change("the ServiceAccount exists again and its bindings apply; its image pull secrets and annotations are lost (if it had any, recreate it from its manifest instead)",
					"only if it said created: kubectl -n NAMESPACE delete serviceaccount SERVICE_ACCOUNT",
					"kubectl -n NAMESPACE create serviceaccount SERVICE_ACCOUNT"),
				restart(3, "")[0], restart(3, "a new pod gets a new token")[1],
				byHand(6, 7), ownVolume,
				ask(admin, "what reason does the API server's log have?").with(serverSays),
			}
		},
	}
}
