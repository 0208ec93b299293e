package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsNodeResolver = Page{
	Code:  "dns.node-resolver",
	Alone: Likely,
	Title: "resolv.conf is the node's, not the cluster's (dnsPolicy), or lacks the cluster's search domain",
	Forms: []Form{
		{Prior: Common, Needs: Predictions{observe.DNSResolver.Is(observe.OfNode, observe.NoNameserver, observe.NotReadable)}},
	},
	Consequences: all(Predictions{
		observe.DNSRcode.Not(observe.NoError), observe.DNSSuffix.Not(observe.AnsweredFine), observe.DNSAAAA.Not(observe.AnsweredFine),
		observe.DNSDisagree.Is(true), observe.DNSLate.AtLeast(1), observe.DNSMalformed.AtLeast(1), observe.DNSCache.Not(observe.Answers), observe.DNSCacheTCP.Not(observe.Answers), observe.DNSTruncated.Is(true),
		observe.DNSName.Is(observe.OtherAddress), observe.DNSResent.Is(true), observe.APIName.Not(observe.NoError),
	}, dnsToo(anyFailure...)),
	Decide: "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.dnsPolicy} {.spec.hostNetwork}'",
	Similar: "resolv.conf has no search domain of the cluster, so the pod does not use the cluster DNS. hostNetwork with " +
		"dnsPolicy ClusterFirst, dnsPolicy Default and a kubelet without clusterDNS look the same: check the pod's spec " +
		"and whether it uses the host network. A cluster DNS that does not know the name is dns.nxdomain.",
	Fix: steps(
		look("which dnsPolicy does the pod have, and does it use the host network?", ofPod+"'{.spec.dnsPolicy} {.spec.hostNetwork}{\"\\n\"}'",
			when("ClusterFirst true", 2),
			when("Default or None, and the program needs names in the cluster", 2),
			whenThen("Default or None on purpose, as for DNS itself and the CNI plugin", "let the program use the service IP"),
			when("ClusterFirst, and not true", 3)),
		onlyIf(`[ "NAMESPACE" != kube-system ]`, changeTemplate("uses the cluster DNS, which forwards other names; also on the host network", "spec:\n  dnsPolicy: ClusterFirstWithHostNet")),
		ask(nodeAdmin, "set clusterDNS and clusterDomain of its kubelet").with("grep -A2 -E 'clusterDNS|clusterDomain' /var/lib/kubelet/config.yaml").at(onNode),
	),
}
