package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netReplyUntranslated() *Page {
	return &Page{
		Code:   "net.reply-untranslated",
		Alone:  Possible,
		Best:   Possible, // late answers of a slow server, to sockets that are closed, are counted as well
		Title:  "DNS answers come from another address than the Service IP, so clients discard them",
		Remedy: "load br_netfilter on node NODE and set net.bridge.bridge-nf-call-iptables=1",
		Timed:  true,
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.DNSUDP.Is(observe.Silent), observe.DNSStray.Is(true)},
			Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster), observe.NetDropped.Is(false)},
		}, { // the first of several nameservers
			Prior: Uncommon,
			Needs: Predictions{observe.DNSSome.Is(observe.Silent), observe.DNSStray.Is(true)},
			Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster)},
		}},
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NoReply), observe.DNSTCP.Not(observe.Answers)},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/21613",
			"https://kubernetes.io/docs/setup/production-environment/container-runtimes/",
			"udp(7): a connected socket gets datagrams from its peer only",
		},
		Confirm: Confirm{Where: "in POD", Command: "nslookup kubernetes.default.svc", Text: "\"reply from unexpected source\" names the address that answers"},
		Similar: "Datagrams come in for sockets that wait for the nameserver's answers, and are not the nameserver's. With dns.silent " +
			"none comes in; with net.pod-firewall they are dropped before any socket is looked for.",
		Fix: steps(
			look("which address answers, and does the node's bridge pass its packets to iptables?",
				"sysctl net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables; lsmod | grep br_netfilter",
				when("0, or no such file: answers of a pod on the same node go back past the translation", 2),
				when("1", 3)).at(onNode),
			ask(nodeAdmin, "load br_netfilter and set both to 1, now and at every boot").
				with("modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1"),
			ask(network, "which rule on node NODE keeps answers of the DNS pods from being translated back to DNS_IP? (a mark or a NOTRACK rule of the CNI plugin)"),
		),
	}
}
