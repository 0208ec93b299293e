package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenIntermittent = Page{
	Code:  "token.intermittent",
	Alone: Likely,
	Title: "some API servers accept the token and others refuse it: they have different keys",
	Forms: append(
		// a request was refused after another one was accepted
		answered(Form{Prior: Rare, Needs: Predictions{observe.TokenReview.Is(observe.OK, observe.Unavailable)}}, observe.Unauthorized)[1:],
		Form{
			Prior: Uncommon, // several API servers, set up by hand
			Needs: Predictions{observe.TokenFresh.Is(observe.Differs)},
		}),
	Brings: anywhere(observe.Unauthorized),
	Decide: serverLog,
	Sources: []string{
		"https://github.com/kubernetes/kops/issues/9531",
		"https://github.com/kubernetes/kubernetes/issues/43793",
	},
	Apart: "Of several fresh connections some get 401 and others are accepted, with the same token. A steady 401 is token.rejected" +
		" or one of the named causes.",
	Fix: steps(
		look("is the key the same on every server?", signingKeys, when("one differs", 2)).at(onEachServer),
		ask(admin, "give that server the key of the others; its log has the reason of each refusal").with(serverSays),
	),
}
