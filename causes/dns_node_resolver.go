package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsNodeResolver = Page{
	Code:  "dns.node-resolver",
	Alone: Likely,
	Title: "this pod's resolv.conf does not lead to the cluster's names: it is the node's, or lacks the cluster's search domain",
	Forms: []Form{
		{Prior: Common, Needs: Predictions{observe.DNSResolver.Is(observe.OfNode, observe.NoNameserver, observe.NotReadable)}},
	},
	Brings: all(Predictions{
		observe.DNSRcode.Not(observe.NoError), observe.DNSSuffix.Not(observe.AnsweredFine), observe.DNSAAAA.Not(observe.AnsweredFine),
		observe.DNSDisagree.Is(true), observe.DNSLate.AtLeast(1), observe.DNSMalformed.AtLeast(1), observe.DNSCache.Not(observe.Answers), observe.DNSCacheTCP.Not(observe.Answers), observe.DNSTruncated.Is(true),
		observe.DNSName.Is(observe.OtherAddress), observe.DNSResent.Is(true), observe.APIName.Not(observe.NoError),
	}, dnsToo(anyFailure...)),
	Decide: "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.dnsPolicy} {.spec.hostNetwork}'",
	Apart: "resolv.conf has no search domain of the cluster, so the pod asks other servers than the cluster's. hostNetwork with " +
		"dnsPolicy ClusterFirst, dnsPolicy Default and a kubelet without clusterDNS look alike: the pod's spec, and whether it " +
		"runs in the host's network, decide. A cluster resolver that does not know the name is dns.nxdomain.",
	Fix: steps(
		look("which DNS policy does the pod have, and is it on its node's network?", ofPod+"'{.spec.dnsPolicy} {.spec.hostNetwork}{\"\\n\"}'",
			when("ClusterFirst true", 2),
			when("Default or None, and the program needs names of the cluster", 2),
			whenThen("Default or None on purpose, as DNS itself and the pod network have it", "have the program dial the service IP"),
			when("ClusterFirst, and not true", 3)),
		onlyIf(`[ "NAMESPACE" != kube-system ]`, changeTemplate("uses the cluster's DNS, which asks the node's for other names; also where it is on its node's network", "spec:\n  dnsPolicy: ClusterFirstWithHostNet")),
		ask(nodeAdmin, "give its kubelet clusterDNS and clusterDomain").with("grep -A2 -E 'clusterDNS|clusterDomain' /var/lib/kubelet/config.yaml").at(onNode),
	),
}
