package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsUnknownCa() *Page {
	return &Page{
		Code:  "tls.unknown-ca",
		Alone: Possible, Best: Possible,
		Title:  "ca.crt does not verify the server's certificate: ca.crt is out of date, or another server answers",
		Remedy: "compare the CAs; replace the pods that have an old ca.crt, or find the other server",
		Forms: []Form{
			{
				Prior: Common,
				Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerUnknown), observe.TLSNamesAPI.Is(true)},
				Must:  Predictions{observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopOther)},
				Usual: Predictions{observe.Unassigned.Not(observe.Answers)},
			},
			{ // signed by the right key, and unfit: of another usage, or against a rule of its CA
				Prior: Rare,
				Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerTrusted)},
				Must:  Predictions{observe.TLSVerifyError.Not(observe.ChainFine, observe.ChainExpired), observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopOther)},
			},
		},
		Consequences: sidecarToo,
		Confirm:      compareServed,
		Similar: "The chain does not end in ca.crt, and no other cause fits: no issuer name in common (tls.ca-rekeyed), no TLS " +
			"proxy (tls.intercepted), not self-signed (tls.self-signed). The names in it are right; otherwise it is " +
			"tls.foreign-server. If a CA in ca.crt did sign it, it is for another usage or violates a constraint of the CA; a " +
			"certificate that is only expired is tls.expired.",
		Sources: []string{
			"https://github.com/hoeghh/kubernetes_the_easy_way/issues/20",
		},
		Fix: func(Input) []Step {
			return append([]Step{
				look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
					when("the same: check which server answers", 2),
					when("another", 7)),
				look("which CA issued the server's certificate?", servedChain,
					when("that CA: the pod has another ca.crt", 3),
					whenThen("another", "another server answers this pod: see tls.foreign-server")).at(onNode),
				byHand(4, 5), ownVolume,
			}, append(restart(5, "a new pod gets the current ca.crt"),
				ask(admin, "configure kube-controller-manager with the CA that signs the API server's certificate (--root-ca-file)"))...)
		},
	}
}
