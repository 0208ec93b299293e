package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsNoCommonVersion() *Page {
	return &Page{
		Code:  "tls.no-common-version",
		Alone: Possible, Best: Possible,
		Title:  "client and server have no TLS version or cipher in common",
		Remedy: "allow TLS 1.2 or 1.3 and common ciphers in kube-apiserver",
		Forms: []Form{
			{
				Prior: Rare, // API servers and clients have had TLS 1.2 for ten years
				Needs: Predictions{observe.TLSHandshake.Is(observe.Alerted), observe.TLSAlert.Is(observe.AlertVersion)},
				Must:  Predictions{observe.WithName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None()},
			},
			{
				Prior: Rare,
				Needs: Predictions{observe.TLSHandshake.Is(observe.NoVersion)},
				Must:  Predictions{observe.FreshVerified.None()},
			},
		},
		Consequences: sidecarToo,
		Confirm:      Confirm{Where: "on node NODE", Command: "openssl s_client -connect API_HOSTPORT -tls1_1 -cipher DEFAULT@SECLEVEL=0 </dev/null", Text: "which versions does it accept?"},
		Similar: "The server ends the handshake with an alert about version or cipher. A connection that is closed without an " +
			"alert is net.mesh-intercepts or net.sni-required.",
		Sources: []string{
			"https://github.com/kubernetes-client/java/issues/3674",
		},
		Fix: steps(
			look("what does the API server accept?", "grep -- --tls- /etc/kubernetes/manifests/kube-apiserver.yaml", when("neither TLS 1.2 nor 1.3, or ciphers that clients do not support", 2)).at(onControlPlane),
			ask(admin, "allow TLS 1.2 or 1.3, and ciphers that clients support"),
		),
	}
}
