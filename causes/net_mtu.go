package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netMtu = Page{
	Code:  "net.mtu",
	Alone: Likely,
	Title: "the path carries smaller packets than this pod's interface believes, and big ones vanish",
	Timed: true,
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeSilent)},
		Must: Predictions{
			observe.SegmentSmall.Is(observe.Verifies, observe.Unverified), observe.SegmentUsual.Is(observe.HandshakeSilent), observe.FreshVerified.None(),
		},
		Usual: Predictions{observe.Unassigned.Not(observe.Answers), observe.APILate.None(), observe.AgainLate.None()},
	}},
	Decide: "ping -M do -s 1472 API_HOST on node NODE, and smaller: from which size on is it answered?",
	Apart: "The handshake is answered when this side announces small segments and not otherwise. A server that is too busy to " +
		"answer stays silent with both (net.handshake-stalled). An ICMP message that got through hides the fault for minutes.",
	Fix: steps(
		look("what does the pod believe? The path has less by the overlay's header (VXLAN 50 bytes, WireGuard 60 to 80)", "cat /sys/class/net/eth0/mtu",
			when("as much as the node's own interface, or more than the path has", 2)).at(inContainer),
		ask(network, "lower the MTU of the pod network; until then, limit the segments of connections through node NODE (the same line with -D takes it back)").
			with("iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200").at(onNode),
	),
}
