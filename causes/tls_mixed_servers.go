package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsMixedServers() *Page {
	return &Page{
		Code:   "tls.mixed-servers",
		Alone:  Likely,
		Title:  "the API servers behind the Service IP have certificates of different CAs",
		Remedy: "install the CA of the other servers on that server, and issue its certificate again",
		Forms: []Form{
			{Prior: Uncommon, Proof: Predictions{observe.APIUnverified.Is(true)}},
			{
				Prior: Uncommon, // several API servers of which each has a CA of its own
				Needs: Predictions{observe.FreshCertificates.Is(observe.CertificatesDiffer)},
				Must:  Predictions{observe.FreshVerified.Part(), observe.NetNextHop.Not(observe.HopOther)},
			},
			{ // the one server was met first, and not again
				Prior: Rare,
				Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.FreshVerified.AtLeast(1)},
			},
		},
		Consequences: append(Predictions{
			observe.FreshCertificates.Is(observe.CertificatesDiffer), observe.TLSHandshake.Is(observe.Unverified), observe.TokenReview.Is(observe.NoResponse), observe.APIVersionsAnswer.Is(observe.NoResponse),
			observe.APIReady.Is(observe.NoResponse), observe.APILive.Is(observe.NoResponse), observe.APIVersionAnswer.Is(observe.NoResponse),
			observe.APIAccess.Is(observe.NoResponse),
		}, append(givenWorks, sidecarToo...)...),
		Confirm: Confirm{Where: "on each control-plane node", Command: "openssl x509 -noout -issuer -in /etc/kubernetes/pki/apiserver.crt", Text: "is it the same CA everywhere?"},
		Similar: "Of the certificates that fresh connections to the same address get, some verify and some do not, so requests " +
			"fail now and then. If the same certificate fails every time, it is one of the other tls codes.",
		Fix: steps(
			look("are both lines the same on every server?",
				"openssl x509 -noout -fingerprint -sha256 -in /etc/kubernetes/pki/ca.crt\nopenssl x509 -noout -issuer -in /etc/kubernetes/pki/apiserver.crt", when("one server differs", 2)).at(onEachServer),
			ask(admin, "install the CA of the other servers on that server, and issue its certificate from it"),
		),
	}
}
