package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsServfail() *Page {
	return &Page{
		Code:   "dns.servfail",
		Alone:  Possible,
		Title:  "the DNS server cannot answer for the cluster's zone, often because it cannot reach the API server",
		Remedy: "read the log of the DNS server, and repair what it names",
		Forms: []Form{
			{
				Prior: Common,
				Needs: Predictions{observe.DNSRcode.Is(observe.ServFail, observe.OtherRcode)},
				Must:  Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)},
				Usual: Predictions{observe.DNSOutside.Is(observe.NoError)},
			},
			{ // its answers are cut short, or cannot be read: the server is up and broken
				Prior: Rare,
				Needs: Predictions{observe.DNSTruncated.Is(true)},
			},
			{ // packets arrive and something answers them: no rule drops them, as with dns.silent
				Prior: Rare,
				Needs: Predictions{observe.DNSMalformed.AtLeast(1)},
			},
			// the host in the environment is the name that was asked for
			{Prior: Uncommon, Needs: Predictions{observe.APIName.Is(observe.ServFail, observe.OtherRcode)}, Must: Predictions{observe.DNSResolver.Is(observe.OfCluster, observe.OfNodeCache)}},
		},
		Consequences: all(Predictions{observe.DNSName.Is(observe.NoAddress), observe.DNSResent.Is(true), observe.DNSAAAA.Not(observe.AnsweredFine), observe.DNSSuffix.Not(observe.AnsweredFine), observe.APIName.Is(observe.ServFail, observe.OtherRcode, observe.NoReply)},
			Predictions{observe.DNSUDP.Is(observe.Silent), observe.DNSTCP.Is(observe.Silent, observe.OtherError), observe.DNSSome.Is(observe.Silent)}),
		Confirm: Confirm{Command: logsDNS, Text: "what does the log of the DNS server say?"},
		Similar: "The server answers SERVFAIL for the cluster's zone. If a name outside the cluster resolves on the same server, " +
			"its connection to the API server is broken; if that fails too, its upstream is. With a link-local nameserver, " +
			"dns.node-cache-down is similar.",
		Fix: steps(
			look("what does the log of the DNS server say?", logsDNS+"\n"+listDNS,
				whenThen("\"unsynced Kubernetes API\" or x509", "it cannot reach the API server either: fix that first, from its node"),
				when("a pod is not ready, or an upstream does not answer", 2)),
			ask(admin, "restart CoreDNS, one pod after the other; if names outside the cluster fail, correct \"forward\" in its Corefile").
				with("kubectl -n kube-system rollout restart deployment coredns"),
		),
	}
}
