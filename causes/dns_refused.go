package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsRefused() *Page {
	return &Page{
		Code:   "dns.refused",
		Alone:  Possible,
		Title:  "a DNS server refuses the API server's name, or the name with a search domain",
		Remedy: "remove that search domain from the node's resolv.conf",
		Forms: []Form{
			{
				Prior: Uncommon,
				Alone: Likely,
				Needs: Predictions{observe.DNSRcode.Is(observe.RcodeRefused)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)},
			},
			// the host in the environment is the name that was asked for
			{Prior: Uncommon, Alone: Likely, Needs: Predictions{observe.APIName.Is(observe.RcodeRefused)}, Must: Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)}},
		},
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.RcodeRefused)},
		Confirm:      Confirm{Command: logsDNS, Text: "what does the log of the DNS server say?"},
		Similar: "The server answers REFUSED, for the name or for the name with a search domain. SERVFAIL is dns.servfail, " +
			"NXDOMAIN is dns.nxdomain.",
		Fix: steps(withoutSearch("the one that is refused", "remove that search domain from the node's resolv.conf")...),
	}
}
