package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netHandshakeStalled() *Page {
	return &Page{
		Code:   "net.handshake-stalled",
		Alone:  Possible,
		Title:  "TCP connects but TLS gets no answer: the API server is overloaded, or down behind a load balancer",
		Remedy: "reduce the load on the API server; let the load balancer check /readyz",
		Timed:  true,
		Forms: []Form{
			{
				Prior: Uncommon,
				Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeSilent)},
				Must:  Predictions{observe.SegmentSmall.Is(observe.HandshakeSilent), observe.FreshVerified.None(), observe.HelloSizes.Is(observe.HelloNone)},
				Usual: Predictions{observe.Unassigned.Not(observe.Answers), observe.APILate.None(), observe.AgainLate.None()},
			},
			{ // the stall comes and goes
				Prior: Rare,
				Needs: Predictions{
					observe.TLSHandshake.Is(observe.HandshakeSilent), observe.SegmentSmall.Is(observe.Verifies, observe.Unverified),
					observe.SegmentUsual.Is(observe.Verifies, observe.Unverified),
				},
				Must: Predictions{observe.FreshVerified.None()},
			},
		},
		Consequences: apiGone,
		Confirm:      Confirm{Command: askReady, Text: "is the API server slow for everybody?"},
		Similar: "TCP connects and no certificate comes, with normal and with small segments; with net.mtu small ones would help. " +
			"A closed connection instead of a timeout is net.mesh-intercepts or net.sni-required.",
		Fix: steps(
			look("is the API server slow for everybody?", askReady+"\nkubectl -n kube-system top pods -l component=kube-apiserver",
				when("yes, or it does not answer", 2)),
			ask(admin, "reduce the load on the API server; a load balancer in front of several must check /readyz, not only the TCP port"),
		),
	}
}
