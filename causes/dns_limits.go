package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsLimits() *Page {
	return &Page{
		Code:  "dns.limits",
		Alone: Likely, Warning: true,
		Title:  "resolv.conf has more entries than some resolvers read, or nameservers that know different names",
		Remedy: "shorten the dnsConfig of the pod, or the node's resolv.conf",
		Forms: []Form{
			{Prior: Common, Needs: Predictions{observe.DNSLimits.Is(true)}},
			{Prior: Common, Needs: Predictions{observe.DNSDisagree.Is(true)}},
		},
		Confirm: Confirm{Where: "on node NODE", Command: "cat /etc/resolv.conf", Text: "are there more entries than resolvers read?"},
		Similar: "resolv.conf has too many entries, or two of its nameservers disagree. If the only server does not know the name, " +
			"it is dns.nxdomain.",
		Fix: steps(
			look("where are the entries from? Resolvers use at most 3 nameservers; musl and older glibc read 256 bytes of search domains", ofPod+"'{.spec.dnsConfig}{\"\\n\"}'",
				whenThen("from the pod's dnsConfig", "shorten it in its manifest"),
				when("from the node, which the kubelet adds", 2)),
			ask(nodeAdmin, "shorten the node's resolv.conf, or configure the kubelet with a shorter one: resolvConf in /var/lib/kubelet/config.yaml").with(nodeDNS).at(onNode),
		),
	}
}
