package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// refusedToken is how a token is refused in which nothing says why. Every bad token
// gets the same bare 401.
func refusedToken(prior Prior, also ...observe.Prediction) Form {
	return Form{
		Prior: prior,
		Must: append(Predictions{
			observe.TokenReview.Is(observe.Unauthorized), observe.TokenTimeServer.Is(observe.Now),
			observe.TokenAudience.Is(observe.OwnAudience, observe.UsualAudience, observe.UnknownAudience), observe.TokenPod.Is(observe.Own),
			observe.TokenKindIs.Is(observe.BoundToken), observe.TokenFresh.Not(observe.Differs),
		}, also...),
		Doubt: Predictions{observe.TokenFresh.Is(observe.Alike)},
	}
}
