package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsUnknownCa = Page{
	Code:  "tls.unknown-ca",
	Alone: Possible, Best: Possible,
	Title: "the server's certificate does not verify by ca.crt, which is old, or the certificate is another's or not for servers",
	Forms: []Form{
		{
			Prior: Common,
			Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerUnknown), observe.TLSNamesAPI.Is(true)},
			Must:  Predictions{observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopStranger)},
			Usual: Predictions{observe.Unassigned.Not(observe.Answers)},
		},
		{ // signed by the right key, and unfit: of another usage, or against a rule of its CA
			Prior: Rare,
			Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerTrusted)},
			Must:  Predictions{observe.TLSVerifyError.Not(observe.ChainFine, observe.ChainExpired), observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopStranger)},
		},
	},
	Brings: sidecarToo,
	Decide: compareServed,
	Apart: "The chain does not end in ca.crt, and none of the signs of another cause is there: no shared issuer name (tls.ca-" +
		"rekeyed), no interceptor (tls.intercepted), not self-signed (tls.self-signed). The names in it do fit; otherwise it " +
		"would be tls.foreign-server. Where a key of ca.crt did sign it, it was made for another use, or breaks a rule of its CA; " +
		"one that is merely out of its validity is tls.expired.",
	Sources: []string{
		"https://github.com/hoeghh/kubernetes_the_easy_way/issues/20",
	},
	Fix: func(Input) []Step {
		return append([]Step{
			look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
				when("the same: look who answers", 2),
				when("another", 7)),
			look("who issued what is served?", servedChain,
				when("that CA: the pod's ca.crt is another", 3),
				whenThen("another", "it is not the API server that answers this pod: see tls.foreign-server")).at(onNode),
			byHand(4, 5), ownVolume,
		}, append(restart(5, "a new pod gets the present ca.crt"),
			ask(admin, "give kube-controller-manager the CA that signs the API server's certificate (--root-ca-file)"))...)
	},
}
