package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenUnknownIssuer = Page{
	Code:    "token.unknown-issuer",
	Alone:   Likely,
	Title:   "the token names an issuer that is not the API server's",
	Special: "token.rejected",
	// the issuer of a cluster is changed once in its life, if at all
	Forms: answered(refusedToken(Uncommon, observe.TokenIssuer.Not(observe.Own), observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails)),
		observe.Unauthorized),
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/107031",
		"https://github.com/gardener/gardener/issues/5817",
	},
	Apart: "The issuer in the token is not the one that the server publishes. Where that document may not be read it stays " +
		"token.rejected. An old issuer that the server still lists second is accepted, and no fault.",
	Fix: func(Input) []Step {
		return append([]Step{
			look("which issuer does the server have?", "kubectl get --raw /.well-known/openid-configuration", when("another than the token: it was changed, or the token is another cluster's", 2)),
			byHand(3, 4), ownVolume,
		}, append(restart(4, "a new pod gets a token of the present issuer"),
			ask(admin, "or give kube-apiserver the old --service-account-issuer as a second one, until all tokens are new"))...)
	},
}
