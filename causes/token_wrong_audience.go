package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tokenWrongAudience = Page{
	Code:  "token.wrong-audience",
	Alone: Possible,
	Title: "the token was made for another system than the API server",
	Forms: []Form{
		{
			Prior: Uncommon, // somebody mounted the token of another volume
			Needs: Predictions{observe.TokenAudience.Is(observe.ForeignAudience)},
			Must:  Predictions{observe.TokenFresh.Is(observe.Alike)},
		},
		{ // an API server may have audiences of its own choice
			Prior: Uncommon,
			Needs: Predictions{observe.TokenAudience.Is(observe.UnknownAudience), observe.TokenReview.Is(observe.Unauthorized)},
			Must: Predictions{
				observe.TokenFresh.Is(observe.Alike), observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails), observe.TokenIssuer.Not(observe.Others),
				observe.TokenTimeServer.Is(observe.Now),
			},
		},
	},
	Brings:  anywhere(observe.Unauthorized),
	Decide:  serverLog,
	Sources: []string{"https://github.com/libopenstorage/operator/pull/1602"},
	Apart: "The audience in the token is neither the issuer nor a name of the API's Service. A well-known foreign one (Vault, STS," +
		" a mesh) makes it likely; with another one the server's list decides. When the server accepts the token, there is no " +
		"fault.",
	Fix: steps(
		look("which audience does the volume ask for? For the API it must ask for none",
			ofPod+"'{.spec.volumes[*].projected.sources[*].serviceAccountToken}{\"\\n\"}'\n"+mounts,
			when("one, at the path that the API's clients read", 2),
			whenThen("the token is at a path of its own", "it is for another system: have the program read the other token")),
		ownVolume,
	),
}
