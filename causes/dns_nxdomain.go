package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsNxdomain() *Page {
	return &Page{
		Code:   "dns.nxdomain",
		Alone:  Possible,
		Title:  "the cluster DNS does not know the API server's name",
		Remedy: "use one cluster domain in both the kubelet and the Corefile",
		Forms: []Form{
			{
				Prior: Common,
				Alone: Likely,
				Needs: Predictions{observe.DNSRcode.Is(observe.NXDomain, observe.NoData)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)},
			},
			{ // the server has the whole name, and not the one that the search list makes
				Prior: Uncommon,
				Needs: Predictions{observe.DNSName.Is(observe.NoAddress)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache), observe.DNSResent.Is(false), observe.DNSRcode.Is(observe.NoError)},
			},
			// the host in the environment is the name that was asked for
			{Prior: Uncommon, Alone: Likely, Needs: Predictions{observe.APIName.Is(observe.NXDomain, observe.NoData)}, Must: Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)}},
		},
		Consequences: Predictions{observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NXDomain, observe.NoData)},
		Confirm:      Confirm{Command: showDNS, Text: "is its zone the domain of the search list?"},
		Similar: "The pod uses the cluster DNS, which answers that the name does not exist. With dns.node-resolver, resolv.conf " +
			"has no cluster domain; dns.servfail and dns.refused have another response code, and dns.silent has no answer.",
		Fix: steps(
			look("does the Service exist, and is the zone after \"kubernetes\" the domain in the pod's resolv.conf?", showService+"\n"+showDNS,
				whenThen("the Service is NotFound", "kube-apiserver recreates it within seconds: is it up?"),
				when("the zone is another", 2),
				when("both are right", 3)),
			ask(admin, "set clusterDomain of the kubelet on node NODE and the zone in the Corefile to the same domain"),
			look("what does the log of the DNS server say?", logsDNS),
		),
	}
}
