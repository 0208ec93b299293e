package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func dnsWrongAnswer() *Page {
	return &Page{
		Code:   "dns.wrong-answer",
		Alone:  Possible,
		Title:  "the API server's name resolves to another address than that of its Service",
		Remedy: "use only the cluster DNS; if the pod's variables are outdated, replace the pod",
		Forms: []Form{
			{ // the line stands in the file
				Prior: Common,
				Proof: Predictions{observe.DNSWinner.Is(observe.FromHosts)},
				Needs: Predictions{observe.DNSName.Is(observe.OtherAddress), observe.DNSWinner.Is(observe.FromHosts)},
				Usual: Predictions{observe.DNSHostsBy.Is(observe.HostsByAlias, observe.HostsByNode, observe.HostsByOther)},
			},
			{
				Prior: Uncommon,
				Needs: Predictions{observe.DNSName.Is(observe.OtherAddress)},
				Must:  Predictions{observe.DNSWildcard.Is(false), observe.DNSWinner.Is(observe.OwnName, observe.OtherDomain)},
			},
		},
		Best:         Possible,
		Consequences: Predictions{observe.NetName.Not(observe.Answers)},
		Confirm:      Confirm{Command: showService, Text: "is its address the one that the pod resolves?"},
		Similar: "The name resolves to an address that is neither the Service's nor the one that the kubelet set; only programs " +
			"that use the name are affected. With a wildcard in a search domain, it is dns.search-hijack; if the variable itself " +
			"was changed, it is env.overridden.",
		Fix: func(in Input) []Step {
			if observe.DNSWinner.In(in.Seen) == observe.FromHosts {
				return withoutHostsLine(observe.DNSHostsBy.In(in.Seen))
			}
			return []Step{
				look("what is the Service's address?", showService,
					whenThen("the one that the pod resolves", "the pod's variables are outdated: a new pod gets the current ones"),
					when("another", 2)),
				look("which server has the wrong address?", "getent hosts kubernetes.default.svc; cat /etc/resolv.conf",
					when("a nameserver or a search domain that is not the cluster's", 3)).at(inContainer),
				ownSearches,
			}
		},
	}
}

// withoutHostsLine takes a line of /etc/hosts away where it comes from.
func withoutHostsLine(by observe.HostsBy) []Step {
	if by == observe.HostsByNode {
		return []Step{
			look("which line of the node's file has the name?", "grep -n kubernetes.default.svc /etc/hosts", when("one", 2)).at(onNode),
			ask(nodeAdmin, "remove it; the kubelet copies the file when a container starts"),
		}
	}
	return []Step{
		look("does the pod have the line by hostAliases, or is a volume mounted at /etc/hosts?", ofPod+"'{.spec.hostAliases}{\"\\n\"}'\n"+mounts,
			when("the name is in hostAliases, and the address is not meant", 2),
			whenThen("/etc/hosts is mounted", "remove the line in that volume"),
			whenThen("neither", "the image or a program in the pod adds it: remove it there; the kubelet writes the file anew when a container starts")),
		change("removes all hostAliases of WORKLOAD"+replaced+" (to keep others, remove the one entry from its manifest)", rollBack,
			replace+`kubectl -n NAMESPACE patch WORKLOAD --type=json -p '[{"op": "remove", "path": "/spec/template/spec/hostAliases"}]'`),
	}
}
