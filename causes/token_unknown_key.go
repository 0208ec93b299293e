package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenUnknownKey = Page{
	Code:    "token.unknown-key",
	Alone:   Likely,
	Title:   "the token is signed with a key that the API server does not have",
	Special: "token.rejected",
	// a cluster that was built again, or servers that have different keys
	Forms:  answered(refusedToken(Uncommon, observe.TokenKey.Not(observe.KeyVerifies)), observe.Unauthorized),
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/22351",
		"https://github.com/kubernetes/kubernetes/issues/110035",
	},
	Apart: "The token's key id is not in the server's published keys, or the signature fails with it. Where the keys may not be " +
		"read this stays token.rejected; when some servers accept it, it is token.intermittent.",
	Fix: func(Input) []Step {
		return append(append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a token of the present key")...),
			ask(admin, "where new pods are refused, too: the key has to be the same on every server").with(signingKeys).at(onEachServer))
	},
}
