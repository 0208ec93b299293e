package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsForeignServer() *Page {
	return &Page{
		Code:  "tls.foreign-server",
		Alone: Possible, Best: Possible,
		Title:  "another server answers at the API server's address",
		Remedy: "find the machine that has this certificate, and give it another address",
		Forms: []Form{
			{
				Prior: Uncommon, // two owners of one address, or a wildcard in DNS
				Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSNamesAPI.Is(false)},
				Must:  Predictions{observe.TLSIssuer.Not(observe.IssuerTrusted, observe.IssuerInterceptor), observe.FreshVerified.None()},
				Usual: Predictions{observe.TLSIssuer.Is(observe.IssuerUnknown), observe.Unassigned.Not(observe.Answers)},
			},
			{ // it wants what no API server wants of a client
				Prior: Uncommon,
				Needs: Predictions{observe.TLSHandshake.Is(observe.Alerted)},
				Must: Predictions{
					observe.TLSAlert.Is(observe.AlertCertificate, observe.AlertOther), observe.WithName.Not(observe.Verifies), observe.FreshVerified.None(),
				},
			},
			{
				Prior: Uncommon,
				Needs: Predictions{observe.TLSHandshake.Is(observe.OtherHandshake)},
				Must:  Predictions{observe.FreshVerified.None()},
			},
			{ // one that has a certificate of the same CA
				Prior: Rare,
				Needs: Predictions{observe.TLSCoversHost.Is(false), observe.TLSKubernetes.Is(false)},
				Usual: Predictions{observe.TLSCoversName.Is(false)},
			},
		},
		Consequences: append(Predictions{observe.TLSCoversName.Is(false)}, sidecarToo...),
		Confirm:      compareServed,
		Similar: "The certificate names neither this host nor kubernetes.default.svc, and no CA in ca.crt signed it. With the API " +
			"server's names in it, it is tls.unknown-ca; with the issuer of a TLS proxy, tls.intercepted. A server that does " +
			"not speak TLS at all is tls.not-tls.",
		Sources: []string{
			"https://github.com/openshift/origin/issues/16992",
			"https://github.com/projectcalico/calico/issues/6754",
		},
		Fix: steps(
			look("is API_HOST the Service's address?", showService+"\n"+listEndpoints,
				whenThen("the pod has another one", "see env.overridden"),
				when("yes", 2)),
			look("whose certificate is it? Is that address used twice?", servedChain, when("that of another server", 3)).at(onNode),
			ask(network, "which other server answers at API_HOST, port API_PORT?"),
		),
	}
}
