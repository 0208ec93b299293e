package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsLargeHello() *Page {
	return &Page{
		Code:   "tls.large-hello",
		Alone:  Possible,
		Title:  "a device on the path drops large TLS ClientHellos (post-quantum); a small one gets an answer",
		Remedy: "update that load balancer or firewall; until then, set GODEBUG=tlsmlkem=0",
		Forms: []Form{{
			Prior: Rare,
			Proof: Predictions{observe.HelloSizes.Is(observe.HelloSmall)},
			Needs: Predictions{observe.HelloSizes.Is(observe.HelloSmall), observe.TLSHandshake.Is(observe.HandshakeSilent, observe.HandshakeClosed)},
			Must:  Predictions{observe.SegmentSmall.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None()},
		}},
		Consequences: apiGone,
		Sources: []string{
			"https://tldr.fail",
			"https://go.dev/doc/go1.23#cryptotlspkgcryptotls",
			"https://go.dev/doc/go1.24#cryptotlspkgcryptotls",
			"https://docs.openssl.org/3.5/man3/SSL_CTX_set1_curves/",
		},
		Confirm: Confirm{Text: "in the pod: run the program with GODEBUG=tlsmlkem=0: does it connect?"},
		Similar: "Two handshakes with the post-quantum key share X25519MLKEM768 failed and two without it came to a certificate, on " +
			"the same address within the same seconds. If small TCP segments let the large one pass, it is net.mtu. Clients that " +
			"send no such key share work: Go before 1.23, Java, Python, curl and Node with OpenSSL before 3.5.",
		Fix: steps(
			ask(network, "which load balancer, firewall or proxy between node NODE and the API servers drops a ClientHello of more than one packet? Update it, or let it pass them on"),
			setEnv("has its programs of Go send a ClientHello without the post-quantum key share until then; GODEBUG as the manifest sets it now is replaced", "GODEBUG=tlsmlkem=0"),
		),
	}
}
