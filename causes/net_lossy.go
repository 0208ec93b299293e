package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netLossy = Page{
	Code:  "net.lossy",
	Alone: Possible,
	Title: "packets to the API server get lost, so that connections take seconds",
	Timed: true,
	Forms: []Form{
		{
			Prior: Uncommon,
			Needs: Predictions{observe.APILate.AtLeast(1)},
			Must: Predictions{
				observe.APITCP.Is(observe.Answers, observe.Silent), observe.APIRefused.None(), observe.APILate.Between(0.02, 0.6),
			},
			Usual: Predictions{observe.AgainLate.AtLeast(1)},
		},
		{ // packets are lost whatever they are for
			Prior: Uncommon,
			Alone: Likely,
			Needs: Predictions{observe.APILate.AtLeast(1), observe.DNSSinglesStall.AtLeast(2)},
			Must: Predictions{
				observe.APITCP.Is(observe.Answers, observe.Silent), observe.APIRefused.None(), observe.APILate.Between(0.02, 0.6),
				observe.DNSSinglesStall.Between(0.02, 0.85), // where all stall, DNS is slow or far
			},
		},
		{
			Prior: Uncommon,
			Needs: Predictions{observe.APIFails.Part()},
			Must:  Predictions{observe.APITCP.Is(observe.Silent), observe.APIRefused.None(), observe.APIFails.Between(0.02, 0.35)},
			Usual: Predictions{observe.APILate.AtLeast(1)},
		},
	},
	Brings: all(Predictions{
		observe.APIFails.AtLeast(1), observe.DNSResent.Is(true), observe.DNSLate.AtLeast(1),
		observe.TLSHandshake.Is(observe.HandshakeSilent, observe.NoConnection), observe.APISlow.Is(true),
		observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSSuffix.Is(observe.AnsweredSilent),
	}, noResponse, dnsToo(observe.Silent)),
	Decide: "the same check from other nodes: loss on one of them only is that node's",
	Apart: "Connections succeed after one, three or seven seconds, the times at which a SYN is sent again. Connections that fail " +
		"for good while others are quick are net.some-endpoints-dead; a quick connection with a slow answer is api.slow.",
	Fix: steps(
		look("is the table of connections full (a count near the maximum)? Do links lose packets?",
			"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\ndmesg | grep -c 'nf_conntrack: table full'\nip -s link",
			when("full, or errors are counted", 2)).at(onNode),
		ask(nodeAdmin, "raise net.netfilter.nf_conntrack_max, or look after the link that counts errors"),
	),
}
