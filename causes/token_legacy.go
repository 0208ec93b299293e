package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenLegacy() *Page {
	return &Page{
		Code:   "token.legacy",
		Alone:  Possible,
		Title:  "the token is a legacy token from a Secret; Kubernetes invalidates such tokens when they are unused",
		Remedy: "mount the standard service account volume in place of the Secret",
		Best:   Possible, // only the Secret tells why such a token is refused
		Forms: []Form{{
			Prior: Uncommon, // none is made by itself since Kubernetes 1.24
			Needs: Predictions{observe.TokenKindIs.Is(observe.LegacyToken)},
		}},
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      Confirm{Command: "kubectl -n NAMESPACE get secret SECRET -L kubernetes.io/legacy-token-invalid-since", Text: "is there a date?"},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/pull/120682",
			"https://github.com/kubernetes/enhancements/pull/4157",
		},
		Similar: "The token is from a Secret and has no expiry. If it is rejected, it was invalidated as unused, or its Secret was " +
			"deleted: check the label of the Secret. For a bound token, it is one of the other token codes.",
		Fix: steps(
			look("did Kubernetes invalidate it as unused?", "kubectl -n NAMESPACE get secret SECRET -L kubernetes.io/legacy-token-invalid-since",
				when("it has the label", 2), when("NotFound: the Secret is gone", 3), when("no label", 3)),
			change("the token of Secret SECRET is valid again, for everybody who has it, until it is unused for another year",
				"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since=$(date +%F)",
				"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since-"),
			ownVolume,
		),
	}
}
