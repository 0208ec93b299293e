package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsNxdomain = Page{
	Code:  "dns.nxdomain",
	Alone: Possible,
	Title: "the cluster's DNS does not know the name of the API server",
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
	Brings: Predictions{observe.DNSName.Is(observe.NoAddress), observe.APIName.Is(observe.NXDomain, observe.NoData)},
	Decide: showDNS + ": is its zone the domain of the search list?",
	Apart: "The cluster's resolver is configured and answers that the name does not exist. dns.node-resolver has no cluster domain" +
		" in resolv.conf; dns.servfail and dns.refused answer with another code, dns.silent with none.",
	Fix: steps(
		look("is the Service there, and is the zone after \"kubernetes\" that of the pod's resolv.conf?", showService+"\n"+showDNS,
			whenThen("the Service is NotFound", "kube-apiserver makes it again within seconds: is it up?"),
			when("the zone is another", 2),
			when("both are right", 3)),
		ask(admin, "make clusterDomain of the kubelet on node NODE and the zone in the Corefile the same"),
		look("what does the DNS server say?", logsDNS),
	),
}
