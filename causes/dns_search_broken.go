package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsSearchBroken() *Page {
	return &Page{
		Code:  "dns.search-broken",
		Alone: Possible, Warning: true,
		Title:   "a search domain answers with an error at which some resolvers stop (musl, in Alpine images)",
		Remedy:  "remove that search domain from the node's resolv.conf",
		Forms:   []Form{{Prior: Common, Needs: Predictions{observe.DNSSuffix.Not(observe.AnsweredFine)}}},
		Confirm: Confirm{Command: logsDNS, Text: "what does the log of the DNS server say?"},
		Similar: "One domain of the search list does not answer \"no such name\" but an error, while the correct name resolves. " +
			"glibc and Go try the next search domain; musl stops, so only Alpine images fail.",
		Fix: steps(withoutSearch("not the cluster's", "remove that search domain from the node's resolv.conf, or the wildcard record from its zone")...),
	}
}
