package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenExpired() *Page {
	return &Page{
		Code:   "token.expired",
		Alone:  Likely,
		Title:  "the token has expired, and the file has no new one",
		Remedy: "mount the standard service account volume, which the kubelet renews",
		Forms: []Form{
			{
				Prior: Common,
				Proof: Predictions{observe.TokenTimeServer.Is(observe.Past)},
				Must:  Predictions{observe.TokenTimePod.Is(observe.Past), renewedByNobody},
			},
			{ // within a minute of its end the two clocks may see it differently
				Prior: Uncommon,
				Needs: Predictions{observe.TokenTimeServer.Is(observe.Past)},
				Must:  Predictions{observe.TokenTimePod.Is(observe.Now), observe.ClockSkew.Is(observe.ClocksAgree), renewedByNobody},
			},
			{ // the server was not asked
				Prior: Common,
				Needs: Predictions{observe.TokenTimePod.Is(observe.Past)},
				Must:  Predictions{observe.TokenTimeServer.Is(observe.Past), renewedByNobody},
			},
		},
		Consequences: append(anywhere(observe.Unauthorized), observe.TokenTimePod.Is(observe.Past)),
		Confirm:      serverLog,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/77651",
			"https://github.com/kubernetes-client/java/issues/2110",
		},
		Similar: "The server's Date header is later than the token's expiry; if only this pod's clock is, the server accepts the " +
			"token and it is token.clock-skew. A file that the kubelet keeps is token.not-renewed; a copy, a subPath mount or a " +
			"token from a Secret is never renewed. A program can keep an expired token in memory while the file has a new one.",
		Fix: func(Input) []Step {
			return []Step{
				look("what is mounted at, or below, /var/run/secrets/kubernetes.io/serviceaccount, in which container?", mounts,
					when("a volume that is not named kube-api-access-*, at that directory itself", 2),
					whenThen("a path below that directory (a subPath)", "remove that mount: a subPath is never updated"),
					whenThen("kube-api-access-*, at that directory itself", "the kubelet renews it: see token.not-renewed"),
					whenThen("nothing", "an image or a program put the token there: let the program read the standard one; see volume.not-mounted")),
				ownVolume,
			}
		},
	}
}

// renewedByNobody keeps out the file that the kubelet would renew.
var renewedByNobody = observe.TokenFileIs.Is(observe.SubPathFile, observe.PlainFile)
