package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tokenNotRenewed() *Page {
	return &Page{
		Code:    "token.not-renewed",
		Alone:   Likely,
		Title:   "the kubelet has not renewed the token of this pod, although it was due",
		Remedy:  "repair the kubelet on node NODE; if the pod is being deleted, let it end",
		Special: "token.expired",
		Forms: []Form{
			{
				Prior: Common,
				Proof: Predictions{observe.TokenTimeServer.Is(observe.Past)},
				Needs: Predictions{observe.TokenFileIs.Is(observe.KubeletFile)},
				Must:  Predictions{observe.TokenTimePod.Is(observe.Past)},
			},
			{ // within a minute of its end the two clocks may see it differently
				Prior: Uncommon,
				Needs: Predictions{observe.TokenTimeServer.Is(observe.Past), observe.TokenFileIs.Is(observe.KubeletFile)},
				Must:  Predictions{observe.TokenTimePod.Is(observe.Now), observe.ClockSkew.Is(observe.ClocksAgree)},
			},
			{ // the server was not asked
				Prior: Common,
				Needs: Predictions{observe.TokenTimePod.Is(observe.Past), observe.TokenFileIs.Is(observe.KubeletFile)},
				Must:  Predictions{observe.TokenTimeServer.Is(observe.Past)},
			},
			{ // it is valid for some time yet: API servers add a year to the hour that is asked for
				Prior: Uncommon,
				Needs: Predictions{observe.TokenOverdue.Is(true), observe.TokenReview.Is(observe.OK, observe.Unavailable)},
				Must:  Predictions{observe.ClockSkew.Is(observe.ClocksAgree)},
			},
			{ // the server was not asked, and may refuse it
				Prior: Uncommon,
				Alone: Possible,
				Best:  Possible,
				Needs: Predictions{observe.TokenOverdue.Is(true)},
				Must: Predictions{
					observe.TokenReview.Is(observe.OK, observe.Unavailable), observe.TokenTimeServer.Is(observe.Now), observe.TokenTimePod.Is(observe.Now),
					observe.ClockSkew.Is(observe.ClocksAgree),
				},
			},
		},
		Consequences: append(anywhere(observe.Unauthorized), observe.TokenTimePod.Is(observe.Past), observe.TokenOverdue.Is(true)),
		Confirm:      Confirm{Command: deletion, Text: "is there a time? If not, read the log of the kubelet on node NODE"},
		Sources: []string{
			"https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
			"https://github.com/kubernetes/kubernetes/issues/130442",
			"https://github.com/kubernetes/kubernetes/issues/116481",
			"https://github.com/kubernetes/kubernetes/issues/138689",
		},
		Similar: "The kubelet wrote the file when the token was issued, and renews it at 80 % of its lifetime or after 24 hours. " +
			"A copy, a subPath mount or a token from a Secret is never renewed: token.expired. The kubelet renews nothing " +
			"while it cannot reach the API server, for a pod that is being deleted, and for one with a PersistentVolumeClaim that is.",
		Fix: steps(append(deletedFirst(when("neither", 3)),
			look("does the kubelet of node NODE reach the API server?",
				"kubectl get node NODE\nkubectl -n kube-node-lease get lease NODE -o jsonpath='{.spec.renewTime}{\"\\n\"}'",
				when("NotReady, or a time more than a minute ago: it is down or cut off", 4),
				when("Ready", 5)),
			ask(nodeAdmin, "start the kubelet, or reconnect it to the API server: it then renews the token within two minutes, without a new pod").
				with("systemctl status kubelet; journalctl -u kubelet --since -10m").at(onNode),
			ask(nodeAdmin, "why does the kubelet not renew the token? It logs each attempt that fails").
				with("journalctl -u kubelet --since -2h | grep -iE 'token|POD|kube-api-access'").at(onNode),
		)...),
	}
}
