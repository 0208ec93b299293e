package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsHostNotCovered() *Page {
	return &Page{
		Code:   "tls.host-not-covered",
		Alone:  Certain,
		Title:  "the API server's certificate does not cover the address that pods use",
		Remedy: "add API_HOST to the certificate's SANs (kubeadm: apiServer.certSANs; k3s: --tls-san)",
		Forms: []Form{
			{
				Prior: Common,
				Proof: Predictions{observe.TLSCoversHost.Is(false)},
				Must:  Predictions{observe.TLSKubernetes.Is(true), observe.EnvElsewhere.Is(false)},
			},
			{ // of an address that somebody has set, which the certificate need not cover
				Prior: Common, Alone: Likely,
				Needs: Predictions{observe.TLSCoversHost.Is(false), observe.EnvElsewhere.Is(true)},
				Must:  Predictions{observe.TLSKubernetes.Is(true)},
			},
			{ // with names of other software it may be another server
				Prior: Uncommon,
				Needs: Predictions{observe.TLSCoversHost.Is(false), observe.TLSKubernetes.Is(false)},
			},
		},
		Consequences: append(Predictions{observe.TLSCoversName.Is(false)}, sidecarToo...),
		Confirm:      compareServed,
		Similar: "The chain verifies, so this is the right server, but its certificate does not contain the host that pods use. Go " +
			"checks the name before the chain, so another server (tls.foreign-server) causes the same error in its log; here " +
			"the chain was checked first.",
		Sources: []string{
			"https://github.com/projectcalico/calico/issues/2040",
			"https://github.com/cloudfoundry-incubator/kubo-release/issues/68",
		},
		Fix: steps(
			look("which names does the certificate cover?", servedNames, whenThen("names of other software", "it is not the API server: see tls.foreign-server"), when("the API server's, without API_HOST", 2)).at(onNode),
			ask(admin, "add API_HOST to apiServer.certSANs in kubeadm.yaml after the first line (k3s: --tls-san); the API server restarts").
				with(recreateServerCert).at(onEachServer),
		),
	}
}
