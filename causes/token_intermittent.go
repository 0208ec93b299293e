package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenIntermittent() *Page {
	return &Page{
		Code:   "token.intermittent",
		Alone:  Likely,
		Title:  "some API servers accept the token and others reject it",
		Remedy: "use one service account key on every API server (sa.pub)",
		Forms: append(
			// a request was refused after another one was accepted
			answered(Form{Prior: Rare, Needs: Predictions{observe.TokenReview.Is(observe.OK, observe.Unavailable)}}, observe.Unauthorized)[1:],
			Form{
				Prior: Uncommon, // several API servers, set up by hand
				Needs: Predictions{observe.TokenFresh.Is(observe.Differs)},
			}),
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kops/issues/9531",
			"https://github.com/kubernetes/kubernetes/issues/43793",
		},
		Similar: "Of several fresh connections with the same token, some get 401 and others are accepted. If all get 401, it is " +
			"token.rejected or one of the other token codes.",
		Fix: steps(
			look("is the key the same on every server?", signingKeys, when("one differs", 2),
				whenThen("the same on each", "a mesh or a load balancer on the path may send some requests to another cluster's API server: ask those who run it")).at(onEachServer),
			ask(admin, "install the key of the other servers on that server; its log has the reason of each 401").with(serverSays),
		),
	}
}
