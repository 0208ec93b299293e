package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsNodeResolver() *Page {
	return &Page{
		Code:   "dns.node-resolver",
		Alone:  Likely,
		Title:  "resolv.conf lacks the cluster's nameserver or search domains (dnsPolicy)",
		Remedy: "set dnsPolicy: ClusterFirst, or ClusterFirstWithHostNet on the host network",
		Forms: append(
			// the pod's own dnsConfig names a container of the pod, which does not do its work
			eachNeeds(Form{
				Prior: Common, Alone: Possible, Best: Possible,
				Needs: Predictions{observe.DNSResolver.Is(observe.OfProgram)},
				Must:  Predictions{observe.DNSComment.Is(false), observe.DNSLater.Is(false)},
			}, unresolved),
			[]Form{
				{
					Prior: Common,
					Needs: Predictions{observe.DNSResolver.Is(observe.OfNode, observe.NoNameserver, observe.NotReadable)},
					Must:  Predictions{observe.DNSComment.Is(false), observe.DNSLater.Is(false)},
					Doubt: Predictions{observe.DNSRcode.Not(observe.NoError)}, // its nameserver is the cluster's, perhaps on purpose
				},
				{ // an option or two were added
					Prior: Uncommon,
					Alone: Possible,
					Best:  Possible,
					Needs: Predictions{observe.DNSResolver.Is(observe.OfNode), observe.DNSLater.Is(true)},
					Must:  Predictions{observe.DNSComment.Is(false), observe.DNSFirst.Is(observe.NameserverElsewhere, observe.NameserverStub)},
				},
				{ // a runtime has copied the node's file as it is
					Prior: Rare,
					Alone: Possible,
					Best:  Possible,
					Needs: Predictions{observe.DNSResolver.Is(observe.OfNode), observe.DNSComment.Is(true)},
					Must:  Predictions{observe.DNSLater.Is(false)},
				}}...,
		),
		Consequences: ofOtherResolver,
		Confirm:      Confirm{Command: asksDNSPolicy, Text: "which dnsPolicy does the pod have?"},
		Similar: "resolv.conf has no search domain of the cluster, so the pod does not use the cluster DNS. hostNetwork with " +
			"dnsPolicy ClusterFirst, dnsPolicy Default and a kubelet without clusterDNS look the same: check the pod's spec " +
			"and whether it uses the host network. A file that a VPN client has rewritten is dns.rewritten; a cluster DNS that " +
			"does not know the name is dns.nxdomain.",
		Fix: steps(
			look("which dnsPolicy and dnsConfig does the pod have, and does it use the host network?", asksDNSPolicy+"; echo",
				when("ClusterFirst true", 2),
				when("Default, or None without nameservers of the pod's own, and the program needs names in the cluster", 2),
				whenThen("None, and dnsConfig names 127.0.0.1 or an address of a VPN", "a container of the pod has to answer there, and does not: see its log"),
				whenThen("Default or None on purpose, as for DNS itself and the CNI plugin", "let the program use the Service IP"),
				when("ClusterFirst, and not true", 3)),
			onlyIf(`[ "NAMESPACE" != kube-system ]`, changeTemplate("uses the cluster DNS, which forwards other names; also on the host network", "spec:\n  dnsPolicy: ClusterFirstWithHostNet")),
			ask(nodeAdmin, "set clusterDNS and clusterDomain of its kubelet").with("grep -A2 -E 'clusterDNS|clusterDomain' /var/lib/kubelet/config.yaml").at(onNode),
		),
	}
}

// ofOtherResolver is what shows where a pod does not ask the cluster's DNS.
var ofOtherResolver = all(Predictions{
	observe.DNSRcode.Not(observe.NoError), observe.DNSSuffix.Not(observe.AnsweredFine), observe.DNSAAAA.Not(observe.AnsweredFine),
	observe.DNSDisagree.Is(true), observe.DNSLate.AtLeast(1), observe.DNSMalformed.AtLeast(1), observe.DNSCache.Not(observe.Answers), observe.DNSCacheTCP.Not(observe.Answers), observe.DNSTruncated.Is(true),
	observe.DNSName.Is(observe.OtherAddress), observe.DNSResent.Is(true), observe.APIName.Not(observe.NoError),
}, dnsToo(anyFailure...))
