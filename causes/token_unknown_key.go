package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenUnknownKey() *Page {
	return &Page{
		Code:    "token.unknown-key",
		Alone:   Likely,
		Title:   "the token is signed with a key that the API server does not have",
		Remedy:  "replace the pod; if new tokens are rejected too, use one key on every API server",
		Special: "token.rejected",
		// a cluster that was built again, or servers that have different keys
		Forms:        answered(refusedToken(Uncommon, observe.TokenKey.Not(observe.KeyVerifies)), observe.Unauthorized),
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/22351",
			"https://github.com/kubernetes/kubernetes/issues/110035",
		},
		Similar: "The token's key ID is not among the server's published keys, or the signature does not verify. If the keys are " +
			"not readable, it remains token.rejected; if some servers accept the token, it is token.intermittent.",
		Fix: func(Input) []Step {
			return append(append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a token signed with the current key")...),
				ask(admin, "if tokens of new pods are rejected too: the key must be the same on every server").with(signingKeys).at(onEachServer))
		},
	}
}
