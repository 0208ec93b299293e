package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsSearchBroken = Page{
	Code:  "dns.search-broken",
	Alone: Possible, Warning: true,
	Title:  "a search domain answers with an error at which some resolvers give up (musl, in Alpine images)",
	Forms:  []Form{{Prior: Common, Needs: Predictions{observe.DNSSuffix.Not(observe.AnsweredFine)}}},
	Decide: logsDNS,
	Apart: "One suffix of the search list gets another answer than \"no such name\", while the right name resolves. glibc and Go go " +
		"on to the next suffix; musl stops there, so that only Alpine images fail.",
	Fix: steps(withoutSearch("not the cluster's", "take that search domain out of the node's resolv.conf, or its wildcard record out of its zone")...),
}
