package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netLossy() *Page {
	return &Page{
		Code:   "net.lossy",
		Alone:  Possible,
		Title:  "packets to the API server are lost, so connections take seconds",
		Remedy: "look for a full conntrack table or link errors on node NODE",
		Timed:  true,
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
		Consequences: all(Predictions{
			observe.APIFails.AtLeast(1), observe.DNSResent.Is(true), observe.DNSLate.AtLeast(1),
			observe.TLSHandshake.Is(observe.HandshakeSilent, observe.NoConnection), observe.APISlow.Is(true),
			observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSSuffix.Is(observe.AnsweredSilent),
		}, givenWorks, noResponse, dnsToo(observe.Silent)),
		Confirm: Confirm{Text: "run k8sdoctor on other nodes: if only one node loses packets, that node is the cause"},
		Similar: "Connections succeed after one, three or seven seconds, when the kernel sends the SYN again. If some connections " +
			"fail while others are quick, it is net.some-endpoints-dead; if all are late by the same step, net.first-syn-dropped. A " +
			"quick connection with a slow answer is api.slow.",
		Fix: steps(
			look("is the conntrack table full (a count near the maximum)? Do links lose packets?",
				"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\ndmesg | grep -c 'nf_conntrack: table full'\nip -s link",
				when("it is full, or a link has errors", 2)).at(onNode),
			ask(nodeAdmin, "raise net.netfilter.nf_conntrack_max, or repair the link that has errors"),
		),
	}
}
