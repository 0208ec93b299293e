package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsWrongAnswer = Page{
	Code:  "dns.wrong-answer",
	Alone: Possible,
	Title: "the API server's name leads to another address than its Service has",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.DNSName.Is(observe.OtherAddress)},
		Must:  Predictions{observe.DNSWildcard.Is(false)},
	}},
	Best:   Possible,
	Brings: Predictions{observe.NetName.Not(observe.Answers)},
	Decide: showService + ": is its address the one that the pod resolves?",
	Apart: "The name resolves to an address that is not the Service's, and neither the kubelet's. With a wildcard in a search " +
		"domain it is dns.search-hijack; an override of the variable itself is env.overridden.",
	Fix: func(in Input) []Step {
		if observe.DNSWinner.In(in.Seen) == observe.FromHosts {
			return []Step{
				look("who writes the name into the pod's /etc/hosts?", ofPod+"'{.spec.hostAliases}{\"\\n\"}'",
					when("an entry of hostAliases", 2),
					whenThen("nothing", "the image or the program does: take the line out there")),
				change("WORKLOAD loses all its hostAliases"+replaced+" (to keep others, take the one entry out of its manifest)", rollBack,
					replace+`kubectl -n NAMESPACE patch WORKLOAD --type=json -p '[{"op": "remove", "path": "/spec/template/spec/hostAliases"}]'`),
			}
		}
		return []Step{
			look("what is the Service's address?", showService,
				whenThen("the one that the pod resolves", "the pod's variables are old: a new pod has the present ones"),
				when("another", 2)),
			look("which file or server gives the wrong one?", "getent hosts kubernetes.default.svc; cat /etc/resolv.conf /etc/hosts",
				whenThen("/etc/hosts", "hostAliases of the pod, or the image"),
				when("a nameserver or a search domain that is not the cluster's", 3)).at(inContainer),
			ownSearches,
		}
	},
}
