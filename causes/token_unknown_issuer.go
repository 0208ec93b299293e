package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenUnknownIssuer() *Page {
	return &Page{
		Code:    "token.unknown-issuer",
		Alone:   Likely,
		Title:   "the token's issuer is not the API server's",
		Remedy:  "replace the pod, or add the old issuer to kube-apiserver (--service-account-issuer)",
		Special: "token.rejected",
		// the issuer of a cluster is changed once in its life, if at all
		Forms: answered(refusedToken(Uncommon, observe.TokenIssuer.Not(observe.Own), observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails)),
			observe.Unauthorized),
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/107031",
			"https://github.com/gardener/gardener/issues/5817",
		},
		Similar: "The token's issuer is not the one that the server publishes. If that document is not readable, it remains " +
			"token.rejected. An old issuer that the server still lists second is accepted and no fault.",
		Fix: func(Input) []Step {
			return append([]Step{
				look("which issuer does the server have?", "kubectl get --raw /.well-known/openid-configuration", when("not the token's: it was changed, or the token is of another cluster", 2)),
				byHand(3, 4), ownVolume,
			}, append(restart(4, "a new pod gets a token of the current issuer"),
				ask(admin, "or configure kube-apiserver with the old --service-account-issuer as a second one, until all tokens are renewed"))...)
		},
	}
}
