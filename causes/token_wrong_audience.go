package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenWrongAudience() *Page {
	return &Page{
		Code:   "token.wrong-audience",
		Alone:  Possible,
		Title:  "the token was issued for another audience than the API server",
		Remedy: "mount the standard volume, or a serviceAccountToken without an audience",
		Forms: append(
			// an API server may have audiences of its own choice, but few have one that does not name it
			answered(unknownAudience(), observe.Unauthorized),
			Form{
				Prior: Uncommon, // somebody mounted the token of another volume
				Needs: Predictions{observe.TokenAudience.Is(observe.ForeignAudience)},
				Must:  Predictions{observe.TokenFresh.Not(observe.Differs)},
				Doubt: Predictions{observe.TokenFresh.Is(observe.Alike)},
			},
		),
		Consequences: anywhere(observe.Unauthorized),
		Confirm:      serverLog,
		Sources:      []string{"https://github.com/libopenstorage/operator/pull/1602"},
		Similar: "The token's audience is neither the issuer nor a name of the API server's Service. A well-known audience of " +
			"another system (Vault, STS, a mesh) makes it likely; for others, the server's own list counts. If the server " +
			"accepts the token, there is no fault.",
		Fix: steps(
			look("which audience does the volume request? For the API server it must request none",
				ofPod+"'{.spec.volumes[*].projected.sources[*].serviceAccountToken}{\"\\n\"}'\n"+mounts,
				when("one, at the path that Kubernetes clients read", 2),
				whenThen("one, at another path", "that token is for another system: let the program read the standard one")),
			ownVolume,
		),
	}
}

// unknownAudience is the refusal of a token for somebody of whom only the server can tell
// whether it is meant.
func unknownAudience() Form {
	f := refusedToken(Common, observe.TokenKey.Not(observe.KeyUnknown, observe.KeyFails), observe.TokenIssuer.Not(observe.Others))
	f.Needs = Predictions{observe.TokenAudience.Is(observe.UnknownAudience)}
	return f
}
