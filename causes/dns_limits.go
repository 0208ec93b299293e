package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsLimits = Page{
	Code:  "dns.limits",
	Alone: Likely, Warning: true,
	Title: "resolv.conf lists more than resolvers honour, or nameservers that know different names",
	Forms: []Form{
		{Prior: Common, Needs: Predictions{observe.DNSLimits.Is(true)}},
		{Prior: Common, Needs: Predictions{observe.DNSDisagree.Is(true)}},
	},
	Decide: nodeDNS + " on node NODE",
	Apart: "resolv.conf itself has too many entries, or two of its nameservers disagree. One server that does not know the name is" +
		" dns.nxdomain.",
	Fix: steps(
		look("whose entries are too many? At most 3 nameservers and 6 search domains are honoured", ofPod+"'{.spec.dnsConfig}{\"\\n\"}'",
			whenThen("the pod's dnsConfig", "shorten it in its manifest"),
			when("the node's, which the kubelet adds", 2)),
		ask(nodeAdmin, "shorten the node's resolv.conf, or give the kubelet a shorter one: resolvConf in /var/lib/kubelet/config.yaml").with(nodeDNS).at(onNode),
	),
}
