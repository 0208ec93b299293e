package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netMtu() *Page {
	return &Page{
		Code:   "net.mtu",
		Alone:  Likely,
		Title:  "the path has a smaller MTU than this pod's interface, so large packets are lost",
		Remedy: "lower the MTU of the pod network",
		Timed:  true,
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeSilent)},
			Must: Predictions{
				observe.SegmentSmall.Is(observe.Verifies, observe.Unverified), observe.SegmentUsual.Is(observe.HandshakeSilent), observe.FreshVerified.None(),
			},
			Usual: Predictions{observe.Unassigned.Not(observe.Answers), observe.APILate.None(), observe.AgainLate.None()},
		}},
		Confirm: Confirm{Where: "on node NODE", Command: "ping -M do -s 1472 API_HOST", Text: "which is the largest size (-s) with an answer?"},
		Similar: "The handshake succeeds when this side announces small segments, and not otherwise. A server that is too busy to " +
			"answer does not answer either one (net.handshake-stalled). An ICMP message that arrives hides the fault for " +
			"minutes.",
		Fix: steps(
			look("which MTU does the pod have? The path has less, by the overlay's header (VXLAN 50 bytes, WireGuard 60 to 80)", "cat /sys/class/net/eth0/mtu",
				when("the same as the node's own interface, or more than the path has", 2)).at(inContainer),
			ask(network, "lower the MTU of the pod network; until then, limit the TCP segments through node NODE (the same line with -D removes the limit)").
				with("iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200").at(onNode),
		),
	}
}
