package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var dnsWrongAnswer = Page{
	Code:  "dns.wrong-answer",
	Alone: Possible,
	Title: "the API server's name resolves to another address than that of its Service",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.DNSName.Is(observe.OtherAddress)},
		Must:  Predictions{observe.DNSWildcard.Is(false)},
	}},
	Best:         Possible,
	Consequences: Predictions{observe.NetName.Not(observe.Answers)},
	Decide:       showService + ": is its address the one that the pod resolves?",
	Similar: "The name resolves to an address that is neither the Service's nor the one that the kubelet set. With a wildcard " +
		"in a search domain, it is dns.search-hijack; if the variable itself was changed, it is env.overridden.",
	Fix: func(in Input) []Step {
		if observe.DNSWinner.In(in.Seen) == observe.FromHosts {
			return []Step{
				look("what adds the name to the pod's /etc/hosts?", ofPod+"'{.spec.hostAliases}{\"\\n\"}'",
					when("an entry of hostAliases", 2),
					whenThen("nothing", "the image or the program adds it: remove the line there")),
				change("removes all hostAliases of WORKLOAD"+replaced+" (to keep others, remove the one entry from its manifest)", rollBack,
					replace+`kubectl -n NAMESPACE patch WORKLOAD --type=json -p '[{"op": "remove", "path": "/spec/template/spec/hostAliases"}]'`),
			}
		}
		return []Step{
			look("what is the Service's address?", showService,
				whenThen("the one that the pod resolves", "the pod's variables are outdated: a new pod gets the current ones"),
				when("another", 2)),
			look("which file or server has the wrong address?", "getent hosts kubernetes.default.svc; cat /etc/resolv.conf /etc/hosts",
				whenThen("/etc/hosts", "hostAliases of the pod, or the image"),
				when("a nameserver or a search domain that is not the cluster's", 3)).at(inContainer),
			ownSearches,
		}
	},
}
