package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netFirstSynDropped() *Page {
	return &Page{
		Code:   "net.first-syn-dropped",
		Alone:  Possible,
		Title:  "the first packet of each connection to the API server is lost, so each takes a second or more",
		Remedy: "set net.ipv4.vs.conn_reuse_mode=0 for IPVS, or repair checksums of the overlay network",
		Timed:  true,
		Forms: []Form{
			{
				Prior: Uncommon,
				Needs: Predictions{observe.APILate.Every()},
				Must:  Predictions{observe.APITCP.Is(observe.Answers), observe.APIRefused.None()},
			},
			{ // so late that the connections which followed were not waited for
				Prior: Uncommon,
				Best:  Possible,
				Needs: Predictions{observe.APILate.AtLeast(1), observe.APIFails.AtLeast(1), observe.APIAtFirst.Every()},
				Must:  Predictions{observe.APITCP.Is(observe.Silent), observe.APIRefused.None()},
			},
		},
		Consequences: all(Predictions{
			observe.APISlow.Is(true), observe.DNSResent.Is(true), observe.DNSLate.AtLeast(1), observe.TLSHandshake.Is(observe.HandshakeSilent, observe.NoConnection),
		}, givenWorks, noResponse, dnsToo(observe.Silent)),
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/90854",
			"https://github.com/cloudnativelabs/kube-router/issues/544",
			"RFC 6298, 2: the first retransmission of a SYN comes after one second",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "tcpdump -ni any tcp port API_SERVER_PORT", Text: "which SYN gets no answer?"},
		Similar: "All connections are late by the same step, as a SYN is sent again after one second, and once more after three. " +
			"Loss by chance hits some of them (net.lossy), a dead server a share (net.some-endpoints-dead).",
		Fix: steps(
			look("does the node use IPVS, and is the rule there that drops a reused port? Are packets of the overlay network broken?",
				"sysctl net.ipv4.vs.conn_reuse_mode net.ipv4.vs.conntrack\nipvsadm -Ln | head -5\nip -d link show type vxlan\nnetstat -s | grep -iE 'checksum|reverse path|listenoverflows|syns to listen'",
				when("conn_reuse_mode is 1, and IPVS has virtual servers", 2),
				when("a vxlan device, and checksum errors that grow", 3),
				when("neither", 4)).at(onNode),
			ask(nodeAdmin, "net.ipv4.vs.conn_reuse_mode=0 (from Linux 5.9 on it costs nothing), or another mode of kube-proxy"),
			ask(nodeAdmin, "try checksums in software on the overlay's device; if connections are quick then, update the kernel or the CNI plugin").with("ethtool -K flannel.1 tx-checksum-ip-generic off"),
			ask(network, "where does the first SYN from POD to API_SERVER_PORT get lost?"),
		),
	}
}
