package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsSearchHijack = Page{
	Code:  "dns.search-hijack",
	Alone: Likely,
	Title: "a search domain has a wildcard record that answers in the place of the cluster's DNS",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.DNSWinner.Is(observe.OtherDomain)},
		Must:  Predictions{observe.DNSWildcard.Is(true)},
	}},
	Brings: Predictions{observe.NetName.Not(observe.Answers)},
	Decide: nodeDNS + " on node NODE: which search domain has a wildcard?",
	Apart: "A made-up label under the search domain has an address too, so its zone has a wildcard. A single wrong address without" +
		" a wildcard is dns.wrong-answer.",
	Fix: steps(withoutSearch("not the cluster's", "take that search domain out of the node's resolv.conf, or its wildcard record out of its zone")...),
}
