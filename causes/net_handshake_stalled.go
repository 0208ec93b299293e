package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netHandshakeStalled = Page{
	Code:  "net.handshake-stalled",
	Alone: Possible,
	Title: "something accepts the connection and no API server answers on it: overload, or a load balancer before a dead one",
	Timed: true,
	Forms: []Form{
		{
			Prior: Uncommon,
			Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeSilent)},
			Must:  Predictions{observe.SegmentSmall.Is(observe.HandshakeSilent), observe.FreshVerified.None()},
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
	Brings: apiGone,
	Decide: askReady + " from elsewhere: is the API server slow for everybody?",
	Apart: "TCP connects and no certificate comes, with usual and with small segments alike; small ones would help with net.mtu. A" +
		" closed connection instead of silence is net.mesh-intercepts or net.sni-required.",
	Fix: steps(
		look("is the API server slow for everybody?", askReady+"\nkubectl -n kube-system top pods -l component=kube-apiserver",
			when("yes, or it does not answer", 2)),
		ask(admin, "relieve the API server; a load balancer before several has to check /readyz, not the TCP port alone"),
	),
}
