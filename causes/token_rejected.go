package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenRejected = Page{
	Code:  "token.rejected",
	Alone: Possible,
	Title: "the API server refuses a token that looks right: account deleted or made anew, key or issuer changed",
	Forms: answered(refusedToken(Common, observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails), observe.TokenIssuer.Not(observe.Others)),
		observe.Unauthorized),
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/cloudnative-pg/cloudnative-pg/issues/8781",
		"https://github.com/kubernetes/kubernetes/issues/106049",
		"https://github.com/rancher/rancher/issues/57218",
	},
	Apart: "The claims look right and the server says 401, and every bad token gets the same bare answer. An account deleted or made anew, " +
		"another key (token.unknown-key), another issuer (token.unknown-issuer), a deleted pod (token.foreign-pod) and an " +
		"authentication webhook that is down look alike from here: the server's log names it.",
	Fix: func(Input) []Step {
		return []Step{
			look("is the ServiceAccount still there, and older than the pod?",
				"kubectl -n NAMESPACE get serviceaccount/SERVICE_ACCOUNT pod/POD -o custom-columns=KIND:.kind,NAME:.metadata.name,SINCE:.metadata.creationTimestamp",
				when("NotFound: it was deleted, and every token of it died", 2),
				when("younger than the pod: it was made anew, and the token is of the old one", 3),
				when("older", 5)),
			change("the ServiceAccount is there again, and bindings that name it hold; pull secrets and annotations that it had are not (take it from its manifest where it had any)",
				"only if it said created: kubectl -n NAMESPACE delete serviceaccount SERVICE_ACCOUNT",
				"kubectl -n NAMESPACE create serviceaccount SERVICE_ACCOUNT"),
			restart(3, "")[0], restart(3, "a new pod gets a new token")[1],
			byHand(6, 7), ownVolume,
			ask(admin, "the API server's log has the reason").with(serverSays),
		}
	},
}
