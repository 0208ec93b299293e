package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsOtherDomain() *Page {
	return &Page{
		Code:  "dns.other-domain",
		Alone: Likely, Warning: true,
		Title:   "the cluster domain is not cluster.local, so names that contain cluster.local fail",
		Remedy:  "use kubernetes.default.svc, without a domain",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.DNSDefaultDomain.Is(false)}}},
		Confirm: Confirm{Command: showDNS, Text: "which domain does the Corefile name?"},
		Similar: "The name resolves under the domain in resolv.conf, which is not cluster.local. Only programs with a hard-coded " +
			"cluster.local fail.",
		Fix: steps(
			look("the cluster's domain is the one after \"svc.\"", "grep search /etc/resolv.conf").at(inContainer),
			ask("the developers of the program", "use kubernetes.default.svc without a domain; the search list adds the right one"),
		),
	}
}
