package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var tlsHostNotCovered = Page{
	Code:  "tls.host-not-covered",
	Alone: Certain,
	Title: "the API server's certificate does not name the address at which pods look for it",
	Forms: []Form{
		{
			Prior: Common,
			Proof: Predictions{observe.TLSCoversHost.Is(false)},
			Must:  Predictions{observe.TLSKubernetes.Is(true)},
		},
		{ // with names of other software it may be another server
			Prior: Uncommon,
			Needs: Predictions{observe.TLSCoversHost.Is(false), observe.TLSKubernetes.Is(false)},
		},
	},
	Brings: append(Predictions{observe.TLSCoversName.Is(false)}, sidecarToo...),
	Decide: compareServed,
	Apart: "The chain verifies, so it is the right server, and its certificate lacks the host that pods use. Go reports the name " +
		"before the chain, so that a foreign server (tls.foreign-server) reads the same in its log: here the chain was checked " +
		"first.",
	Sources: []string{
		"https://github.com/projectcalico/calico/issues/2040",
		"https://github.com/cloudfoundry-incubator/kubo-release/issues/68",
	},
	Fix: steps(
		look("which names does the certificate have?", servedNames, whenThen("names of other software", "it is not the API server: see tls.foreign-server"), when("the API server's, without API_HOST", 2)).at(onNode),
		ask(admin, "add API_HOST to apiServer.certSANs in kubeadm.yaml before the second line (k3s: --tls-san); the API server restarts").
			with(makeAnew).at(onEachServer),
	),
}
