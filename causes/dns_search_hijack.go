package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsSearchHijack() *Page {
	return &Page{
		Code:   "dns.search-hijack",
		Alone:  Likely,
		Title:  "a wildcard record in a search domain answers instead of the cluster DNS",
		Remedy: "remove that search domain from the node's resolv.conf, or the wildcard record from its zone",
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.DNSWinner.Is(observe.OtherDomain)},
			Must:  Predictions{observe.DNSWildcard.Is(true)},
		}},
		Consequences: Predictions{observe.NetName.Not(observe.Answers)},
		Confirm:      Confirm{Where: "on node NODE", Command: "cat /etc/resolv.conf", Text: "which search domain has a wildcard record?"},
		Similar: "A random name in the search domain has an address too, so its zone has a wildcard record. A wrong address " +
			"without a wildcard is dns.wrong-answer.",
		Fix: steps(withoutSearch("not the cluster's", "remove that search domain from the node's resolv.conf, or the wildcard record from its zone")...),
	}
}
