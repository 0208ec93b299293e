package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenLegacy = Page{
	Code:  "token.legacy",
	Alone: Possible,
	Title: "the token comes from a Secret and never expires; Kubernetes invalidates such tokens when unused",
	Best:  Possible, // only the Secret tells why such a token is refused
	Forms: []Form{{
		Prior: Uncommon, // none is made by itself since Kubernetes 1.24
		Needs: Predictions{observe.TokenKindIs.Is(observe.LegacyToken)},
	}},
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/pull/120682",
		"https://github.com/kubernetes/enhancements/pull/4157",
	},
	Apart: "The token comes from a Secret and has no expiry. Refused, it was invalidated for disuse or its Secret is gone; the " +
		"label on the Secret decides. A bound token is one of the other codes.",
	Fix: steps(
		look("was it made invalid, as nobody used it?", "kubectl -n NAMESPACE get secret SECRET -L kubernetes.io/legacy-token-invalid-since",
			when("it has that label", 2), when("NotFound: the Secret is gone", 3), when("no label", 3)),
		change("the token of Secret SECRET is valid again, for everybody who has it, until it is unused for a year once more",
			"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since=$(date +%F)",
			"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since-"),
		ownVolume,
	),
}
