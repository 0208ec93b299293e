package diagnosis

const (
	showDNS = "kubectl -n kube-system get configmap coredns -o yaml"
	nodeDNS = "grep -E '^(nameserver|search)' /etc/resolv.conf"
)

// ownSearches gives the pod the cluster's DNS and search domains alone, without
// those of its node. Both are asked of the cluster: what the pod has is in doubt.
var ownSearches = onlyIf(`[ -n "DNS_IP" ] && [ -n "ZONE" ]`, changeTemplate("asks the cluster's DNS and tries the cluster's search domains alone: short names of the node's search domains are gone",
	"spec:\n  dnsPolicy: None\n  dnsConfig:\n    nameservers: ['DNS_IP']\n    searches: ['NAMESPACE.svc.ZONE', 'svc.ZONE', 'ZONE']\n    options:\n    - {name: ndots, value: '5'}"))

// withoutSearch takes a search domain of the node's away.
func withoutSearch(which, away string) []Step {
	return []Step{
		look("which search domains come from the node (those without \"svc\")?", nodeDNS,
			when("one of them is "+which, 2),
			when("the node's list cannot be changed", 3)).at(onNode),
		ask(nodeAdmin, away+"; new pods get the shorter list"),
		ownSearches,
	}
}

// Names. A wire code is a fact, and who made it is not: a policy can be silent
// or refuse in the DNS server's place.
var dnsCauses = []Cause{
	{
		Code: "dns.node-resolver", Confidence: Likely,
		Title: "this pod's resolv.conf does not lead to the cluster's names: it is the node's, or lacks the cluster's search domain",
		Apart: "resolv.conf has no search domain of the cluster, so the pod asks other servers than the cluster's. hostNetwork with " +
			"dnsPolicy ClusterFirst, dnsPolicy Default and a kubelet without clusterDNS look alike: the pod's spec, and whether it " +
			"runs in the host's network, decide. A cluster resolver that does not know the name is dns.nxdomain.",
		Fix: steps(
			look("which DNS policy does the pod have, and is it on its node's network?", ofPod+"'{.spec.dnsPolicy} {.spec.hostNetwork}{\"\\n\"}'",
				when("ClusterFirst true", 2),
				when("Default or None, and the program needs names of the cluster", 2),
				whenThen("Default or None on purpose, as DNS itself and the pod network have it", "have the program dial the service IP"),
				when("ClusterFirst, and not true", 3)),
			onlyIf(`[ "NAMESPACE" != kube-system ]`, changeTemplate("uses the cluster's DNS, which asks the node's for other names; also where it is on its node's network", "spec:\n  dnsPolicy: ClusterFirstWithHostNet")),
			ask(nodeAdmin, "give its kubelet clusterDNS and clusterDomain").with("grep -A2 -E 'clusterDNS|clusterDomain' /var/lib/kubelet/config.yaml").at(onNode),
		),
	},
	{
		Code: "dns.nxdomain", Confidence: Possible,
		Title: "the cluster's DNS does not know the name of the API server",
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
	},
	{
		Code: "dns.other-domain", Confidence: Likely, Warning: true,
		Title: "the cluster's domain is not cluster.local, so that names which spell it out fail",
		Apart: "The name resolves under the domain of resolv.conf, which is not cluster.local. Nothing fails except what spells " +
			"cluster.local out.",
		Fix: steps(
			look("the cluster's domain is the one after \"svc.\"", "grep search /etc/resolv.conf").at(inContainer),
			ask("who writes the program", "write kubernetes.default.svc without a domain; the search list adds the right one"),
		),
	},
	{
		Code: "dns.servfail", Confidence: Possible,
		Title: "the DNS server cannot answer for the cluster's zone, often as it cannot reach the API server itself",
		Apart: "The server answers the cluster's zone with SERVFAIL. When an outside name resolves on the same server, its link to the" +
			" API server is broken; when that fails too, its own upstream is. With a node-local address as nameserver, dns.node-" +
			"cache-down is close.",
		Fix: steps(
			look("what does the DNS server say?", logsDNS+"\n"+listDNS,
				whenThen("\"unsynced Kubernetes API\" or x509", "it cannot reach the API server either: fix that first, from its node"),
				when("a pod is not ready, or an upstream does not answer", 2)),
			ask(admin, "start CoreDNS anew, one pod after the other; where names outside fail, correct \"forward\" in its Corefile").
				with("kubectl -n kube-system rollout restart deployment coredns"),
		),
	},
	{
		Code: "dns.refused", Confidence: Possible,
		Title: "a DNS server refuses the name, or one that the search list makes of it",
		Apart: "The server answers REFUSED, for the name or for one that the search list made of it. SERVFAIL is dns.servfail, " +
			"NXDOMAIN is dns.nxdomain.",
		Fix: steps(withoutSearch("the one that is refused", "take that search domain out of the node's resolv.conf")...),
	},
	{
		Code: "dns.no-endpoints", Confidence: Possible,
		Title: "no DNS server is ready behind the service IP",
		Apart: "Port 53 of the nameserver's service IP is closed at once. A policy that rejects does the same and refuses every other " +
			"address too (net.policy-rejects). Silence is dns.silent.",
		Fix: func(s Seen) []Step {
			return []Step{
				look("is a DNS server ready?", listDNS,
					when("none", 2), when("all are: an egress policy or firewall may refuse what this pod sends", 3)),
				look("why not?", logsDNS+"\nkubectl -n kube-system get deployment coredns",
					whenThen("0 replicas", "ask "+admin+" to run: kubectl -n kube-system scale deployment coredns --replicas=2"),
					whenThen("it does not start", "ask "+admin+": its log and events say why")),
				isolated(4, 5), allowDNS,
				ask(network, "let POD reach the DNS servers, port 53, UDP and TCP"),
			}
		},
	},
	{
		Code: "dns.node-cache-down", Confidence: Possible,
		Title: "the DNS cache of this node does not answer",
		Apart: "The nameserver is a link-local address of this node, and it does not answer. A nameserver with a service IP is " +
			"dns.silent or dns.no-endpoints.",
		Fix: steps(
			look("is the node's DNS cache running?", "kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide --field-selector spec.nodeName=NODE",
				when("not ready, or none", 4), when("it is ready", 2)),
			isolated(3, 4), allowDNS,
			ask(admin, "look at its log; start it anew: until it is back, pods of the node have no DNS, as now").
				with("kubectl -n kube-system delete pod -l k8s-app=node-local-dns --field-selector spec.nodeName=NODE"),
		),
	},
	{
		Code: "dns.silent", Confidence: Possible,
		Title: "an egress policy drops DNS, or the DNS server or the way to it is dead",
		Apart: "The nameserver does not answer and another service IP does. When everything is silent it is net.egress-blocked or " +
			"net.service-ips-dead, and DNS only a consequence. A policy that lacks port 53 and a dead DNS server look the same: the" +
			" state of the DNS pods decides.",
		Fix: steps(
			look("is a DNS server ready?", listDNS,
				when("yes", 2), whenThen("none", "ask "+admin+": kubectl -n kube-system describe pods -l k8s-app=kube-dns")),
			isolated(3, 4), allowDNS,
			ask(network, "let POD on node NODE reach the DNS servers, port 53, UDP and TCP"),
		),
	},
	{
		Code: "dns.tcp-blocked", Confidence: Possible, Warning: true,
		Title: "DNS works over UDP and not over TCP, so that long answers are lost",
		Apart: "UDP answers and TCP to port 53 of the same server does not. When both fail it is dns.silent.",
		Fix: steps(
			look("has the Service of DNS port 53 for both, UDP and TCP?", "kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.ports}{\"\\n\"}'",
				when("both", 2), whenThen("UDP alone", "ask "+admin+" to add TCP")),
			isolated(3, 4), allowDNS,
			ask(network, "let POD reach the DNS servers, port 53, by TCP, too"),
		),
	},
	{
		Code: "dns.slow-race", Confidence: Possible,
		Title: "one of two queries sent at once is lost on the node, and the resolver waits for it",
		Apart: "Pairs of questions stall for five or two and a half seconds exactly, the resolver's own timeouts, and single ones do " +
			"not. Delays without that step are dns.slow.",
		Fix: steps(
			changeTemplate("asks one question after the other (glibc; musl does not know the option); other options of its dnsConfig are replaced", "spec:\n  dnsConfig:\n    options:\n    - {name: single-request-reopen}"),
			ask(admin, "for all pods: a DNS cache on every node (NodeLocal DNSCache)"),
		),
	},
	{
		Code: "dns.slow", Confidence: Possible, Warning: true,
		Title: "the DNS servers answer late, or lose queries",
		Apart: "Answers come late or after a second datagram, without the steps of five seconds that dns.slow-race has. No answer at " +
			"all is dns.silent.",
		Fix: steps(
			look("are the DNS servers busy, or far away?", listDNS+"\nkubectl -n kube-system top pods -l k8s-app=kube-dns",
				when("busy, or on few nodes", 2)),
			ask(admin, "more of them, or a DNS cache on every node (NodeLocal DNSCache)"),
		),
	},
	{
		Code: "dns.search-hijack", Confidence: Likely,
		Title: "a search domain has a wildcard record that answers in the place of the cluster's DNS",
		Apart: "A made-up label under the search domain has an address too, so its zone has a wildcard. A single wrong address without" +
			" a wildcard is dns.wrong-answer.",
		Fix: steps(withoutSearch("not the cluster's", "take that search domain out of the node's resolv.conf, or its wildcard record out of its zone")...),
	},
	{
		Code: "dns.search-broken", Confidence: Possible, Warning: true,
		Title: "a search domain answers with an error at which some resolvers give up (musl, in Alpine images)",
		Apart: "One suffix of the search list gets another answer than \"no such name\", while the right name resolves. glibc and Go go " +
			"on to the next suffix; musl stops there, so that only Alpine images fail.",
		Fix: steps(withoutSearch("not the cluster's", "take that search domain out of the node's resolv.conf, or its wildcard record out of its zone")...),
	},
	{
		Code: "dns.limits", Confidence: Likely, Warning: true,
		Title: "resolv.conf lists more than resolvers honour, or nameservers that know different names",
		Apart: "resolv.conf itself has too many entries, or two of its nameservers disagree. One server that does not know the name is" +
			" dns.nxdomain.",
		Fix: steps(
			look("whose entries are too many? At most 3 nameservers and 6 search domains are honoured", ofPod+"'{.spec.dnsConfig}{\"\\n\"}'",
				whenThen("the pod's dnsConfig", "shorten it in its manifest"),
				when("the node's, which the kubelet adds", 2)),
			ask(nodeAdmin, "shorten the node's resolv.conf, or give the kubelet a shorter one: resolvConf in /var/lib/kubelet/config.yaml").with(nodeDNS).at(onNode),
		),
	},
	{
		Code: "dns.aaaa-broken", Confidence: Possible, Warning: true,
		Title: "questions for IPv6 addresses fail or stall, which some resolvers take for the whole answer",
		Apart: "The A question is answered and the AAAA question for the same name fails. When both fail it is dns.servfail or " +
			"dns.silent.",
		Fix: steps(
			look("to whom does CoreDNS forward?", showDNS, when("to a server that breaks questions for AAAA", 2)),
			ask(admin, "in a cluster without IPv6, have CoreDNS answer by itself; in the Corefile: template IN AAAA { rcode NOERROR }"),
		),
	},
	{
		Code: "dns.wrong-answer", Confidence: Possible,
		Title: "the API server's name leads to another address than its Service has",
		Apart: "The name resolves to an address that is not the Service's, and neither the kubelet's. With a wildcard in a search " +
			"domain it is dns.search-hijack; an override of the variable itself is env.overridden.",
		Fix: func(s Seen) []Step {
			if s.Evidence("dns.resolve", "found in") != "" {
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
	},
}
