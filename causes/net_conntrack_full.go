package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netConntrackFull() *Page {
	return &Page{
		Code:    "net.conntrack-full",
		Alone:   Possible,
		Special: "net.lossy",
		Title:   "the connection tracking table of this node is full, so its kernel drops new connections",
		Reach:   PodsOfNode,
		Remedy:  "raise the limit in kube-proxy's configuration (conntrack.maxPerCore)",
		Forms: []Form{
			fullTable(observe.APILate.AtLeast(1), observe.APITCP.Is(observe.Answers, observe.Silent)),
			fullTable(observe.APIFails.Part(), observe.APITCP.Is(observe.Silent)),
			fullTable(observe.APIFails.Every(), observe.APITCP.Is(observe.Silent), observe.AgainConnects.None(), observe.Control.Is(observe.Silent), observe.Unassigned.Is(observe.Silent)),
		},
		Consequences: all(Predictions{
			observe.APIFails.AtLeast(1), observe.DNSResent.Is(true), observe.DNSLate.AtLeast(1), observe.APISlow.Is(true),
			observe.TLSHandshake.Is(observe.NoConnection), observe.DNSAAAA.Is(observe.AnsweredSilent), observe.DNSSuffix.Is(observe.AnsweredSilent),
		}, noResponse, dnsToo(observe.Silent, observe.Denied)), // the kernel denies datagrams that it drops on their own node
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/18604",
			"https://github.com/kubernetes/kubernetes/issues/71261",
			"https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "dmesg | grep 'nf_conntrack: table full'", Text: "does the kernel drop packets?"},
		Similar: "Only new connections are lost, whatever they are for; those that are open go on. Only a pod on the host network " +
			"sees the count of its node, so elsewhere it is net.lossy. If another Service IP answers and the API server never " +
			"does, it is net.api-blocked.",
		Fix: steps(
			look("is the count near the maximum, and does the kernel say that the table is full?",
				"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\ndmesg | grep 'nf_conntrack: table full' | tail -n 3",
				when("yes", 2),
				whenThen("no", "the table has room again: look once more while connections are lost")).at(onNode),
			look("which limit does kube-proxy set?",
				"kubectl -n kube-system get configmap kube-proxy -o yaml | grep -A5 'conntrack:'",
				when("maxPerCore or min is set, or null (32768 for each core, at least 131072)", 3),
				when("NotFound: something else sets the limit", 3)),
			ask(nodeAdmin, "raise the limit: conntrack.maxPerCore of kube-proxy's configuration, or "+
				"--conntrack-max-per-core, as kube-proxy sets net.netfilter.nf_conntrack_max when it starts; without kube-proxy, the sysctl itself. "+
				"Find out what opens so many connections"),
		),
	}
}

// fullTable is a form of a full table where connections are lost. It is no proof: the
// kernel may make room in a full table, and what is lost be lost elsewhere.
func fullTable(lost observe.Prediction, must ...observe.Prediction) Form {
	full := observe.ConntrackFull.Is(true)
	return Form{
		Prior: Uncommon, // kube-proxy's limit of 32768 for each core is enough for most nodes
		Needs: Predictions{full, lost},
		Must:  append(must, observe.HostNetwork.Is(true), observe.APIRefused.None()),
	}
}
