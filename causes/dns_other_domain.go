package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsOtherDomain = Page{
	Code:  "dns.other-domain",
	Alone: Likely, Warning: true,
	Title:  "the cluster's domain is not cluster.local, so that names which spell it out fail",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.DNSDefaultDomain.Is(false)}}},
	Decide: showDNS,
	Apart: "The name resolves under the domain of resolv.conf, which is not cluster.local. Nothing fails except what spells " +
		"cluster.local out.",
	Fix: steps(
		look("the cluster's domain is the one after \"svc.\"", "grep search /etc/resolv.conf").at(inContainer),
		ask("who writes the program", "write kubernetes.default.svc without a domain; the search list adds the right one"),
	),
}
