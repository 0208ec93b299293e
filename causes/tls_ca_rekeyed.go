package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsCaRekeyed() *Page {
	return &Page{
		Code:   "tls.ca-rekeyed",
		Alone:  Possible,
		Title:  "ca.crt is out of date: a new cluster CA with the same name replaced the old one",
		Remedy: "replace the pods that have the old ca.crt",
		Forms: []Form{{
			Prior: Common,
			Needs: Predictions{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerSameName)},
			Must:  Predictions{observe.FreshVerified.None(), observe.NetNextHop.Not(observe.HopOther)},
			Usual: Predictions{observe.TLSServedCovers.Is(true), observe.TLSNamesAPI.Is(true), observe.Unassigned.Not(observe.Answers)},
		}},
		Consequences: sidecarToo,
		Confirm:      compareServed,
		Similar: "The issuer has the same name as a certificate in ca.crt, but another key. Another issuer name is " +
			"tls.foreign-server, tls.intercepted or tls.unknown-ca. If the file is newer than process 1, the file is right " +
			"and a running program still uses the old one.",
		Sources: []string{
			"https://github.com/rootsongjc/follow-me-install-kubernetes-cluster/issues/1",
			"https://github.com/coredns/coredns/issues/2464",
			"https://github.com/rancher/rancher/issues/25858",
		},
		Fix: func(Input) []Step {
			return append([]Step{
				look("is the CA that the namespace publishes the one that kubectl trusts here?", publishedCA+"\n"+trustedCA,
					when("the same: the pod's ca.crt is outdated", 2),
					when("another", 6)),
				byHand(3, 4), ownVolume,
			}, append(restart(4, "a new pod gets the current ca.crt, and programs read it again"),
				ask(admin, "configure kube-controller-manager with the current CA (--root-ca-file); it then updates every kube-root-ca.crt"))...)
		},
	}
}
