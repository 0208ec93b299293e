package diagnosis

const (
	listDNS = "kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns -o wide"
	logsDNS = "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50"
	showDNS = "kubectl -n kube-system get configmap coredns -o yaml"
	nodeDNS = "grep -E '^(nameserver|search)' /etc/resolv.conf"

	allowDNS = `# only if an egress policy selects this pod: the first one cuts off
# everything that it does not allow
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns, namespace: "NAMESPACE"}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - ipBlock: {cidr: "DNS_CIDR"}
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: kube-system}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]`

	fewerSearches = `# in the pod's spec: try a name with a dot as it is before the search list
dnsConfig:
  options:
  - {name: ndots, value: "1"}`
)

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
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.dnsPolicy} {.spec.hostNetwork}{\"\\n\"}'",
			`# with hostNetwork, in the pod's spec:
dnsPolicy: ClusterFirstWithHostNet`,
			"# without hostNetwork and with ClusterFirst: the kubelet of node NODE has no clusterDNS",
			"grep -A2 -E 'clusterDNS|clusterDomain' /var/lib/kubelet/config.yaml",
		),
	},
	{
		Code: "dns.nxdomain", Confidence: Possible,
		Title: "the cluster's DNS does not know the name of the API server",
		Apart: "The cluster's resolver is configured and answers that the name does not exist. dns.node-resolver has no cluster domain" +
			" in resolv.conf; dns.servfail and dns.refused answer with another code, dns.silent with none.",
		Fix: steps(
			"# the Service must exist, and the zone after \"kubernetes\" must be that of resolv.conf:",
			"kubectl -n default get service kubernetes",
			showDNS,
			logsDNS,
		),
	},
	{
		Code: "dns.other-domain", Confidence: Likely, Warning: true,
		Title: "the cluster's domain is not cluster.local, so that names which spell it out fail",
		Apart: "The name resolves under the domain of resolv.conf, which is not cluster.local. Nothing fails except what spells " +
			"cluster.local out.",
		Fix: steps(
			"# write kubernetes.default.svc without a domain; the search list adds the right one:",
			"grep search /etc/resolv.conf",
		),
	},
	{
		Code: "dns.servfail", Confidence: Possible,
		Title: "the DNS server cannot answer for the cluster's zone, often as it cannot reach the API server itself",
		Apart: "The server answers the cluster's zone with SERVFAIL. When an outside name resolves on the same server, its link to the" +
			" API server is broken; when that fails too, its own upstream is. With a node-local address as nameserver, dns.node-" +
			"cache-down is close.",
		Fix: steps(
			"# look for \"unsynced Kubernetes API\" or x509; if it is there, mend the API first:",
			logsDNS,
			listDNS,
			"kubectl -n kube-system rollout restart deployment coredns",
		),
	},
	{
		Code: "dns.refused", Confidence: Possible,
		Title: "a DNS server refuses the name, or one that the search list makes of it",
		Apart: "The server answers REFUSED, for the name or for one that the search list made of it. SERVFAIL is dns.servfail, " +
			"NXDOMAIN is dns.nxdomain.",
		Fix: steps(
			"# the suffixes without \"svc\" come from node NODE; there, remove the one that is refused:",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.no-endpoints", Confidence: Possible,
		Title: "no DNS server is ready behind the service IP",
		Apart: "Port 53 of the nameserver's service IP is closed at once. A policy that rejects does the same and refuses every other " +
			"address too (net.policy-rejects). Silence is dns.silent.",
		Fix: steps(
			listDNS,
			logsDNS,
			"# all ready: then an egress policy may refuse what this pod sends",
			listPolicies+" -o yaml",
		),
	},
	{
		Code: "dns.node-cache-down", Confidence: Possible,
		Title: "the DNS cache of this node does not answer",
		Apart: "The nameserver is a link-local address of this node, and it does not answer. A nameserver with a service IP is " +
			"dns.silent or dns.no-endpoints.",
		Fix: steps(
			"kubectl -n kube-system get pods -l k8s-app=node-local-dns -o wide --field-selector spec.nodeName=NODE",
			"kubectl -n kube-system delete pod -l k8s-app=node-local-dns --field-selector spec.nodeName=NODE",
			"# if it runs, an egress policy may drop what this pod sends to it:",
			listPolicies+" -o yaml",
		),
	},
	{
		Code: "dns.silent", Confidence: Possible,
		Title: "an egress policy drops DNS, or the DNS server or the way to it is dead",
		Apart: "The nameserver does not answer and another service IP does. When everything is silent it is net.egress-blocked or " +
			"net.service-ips-dead, and DNS only a consequence. A policy that lacks port 53 and a dead DNS server look the same: the" +
			" state of the DNS pods decides.",
		Fix: steps(
			"# does a policy with policyTypes Egress select this pod? Are the DNS servers up?",
			listPolicies+" -o yaml",
			listDNS,
			allowDNS,
		),
	},
	{
		Code: "dns.tcp-blocked", Confidence: Possible, Warning: true,
		Title: "DNS works over UDP and not over TCP, so that long answers are lost",
		Apart: "UDP answers and TCP to port 53 of the same server does not. When both fail it is dns.silent.",
		Fix: steps(
			"# the Service must have port 53 for both, and so must an egress policy:",
			"kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.ports}{\"\\n\"}'",
			allowDNS,
		),
	},
	{
		Code: "dns.slow-race", Confidence: Possible,
		Title: "one of two queries sent at once is lost on the node, and the resolver waits for it",
		Apart: "Pairs of questions stall for five or two and a half seconds exactly, the resolver's own timeouts, and single ones do " +
			"not. Delays without that step are dns.slow.",
		Fix: steps(
			`# in the pod's spec (glibc only; musl does not know the option):
dnsConfig:
  options:
  - {name: single-request-reopen}`,
			"# for all pods: a DNS cache on every node (NodeLocal DNSCache)",
		),
	},
	{
		Code: "dns.slow", Confidence: Possible, Warning: true,
		Title: "the DNS servers answer late, or lose queries",
		Apart: "Answers come late or after a second datagram, without the steps of five seconds that dns.slow-race has. No answer at " +
			"all is dns.silent.",
		Fix: steps(
			"# are they busy, or far away?",
			"kubectl -n kube-system top pods -l k8s-app=kube-dns",
			listDNS,
			"# busy: more of them, or a cache on every node (NodeLocal DNSCache)",
		),
	},
	{
		Code: "dns.search-hijack", Confidence: Likely,
		Title: "a search domain has a wildcard record that answers in the place of the cluster's DNS",
		Apart: "A made-up label under the search domain has an address too, so its zone has a wildcard. A single wrong address without" +
			" a wildcard is dns.wrong-answer.",
		Fix: steps(
			"# on node NODE: remove the search domain that is not the cluster's, or its wildcard record",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.search-broken", Confidence: Possible, Warning: true,
		Title: "a search domain answers with an error at which some resolvers give up (musl, in Alpine images)",
		Apart: "One suffix of the search list gets another answer than \"no such name\", while the right name resolves. glibc and Go go " +
			"on to the next suffix; musl stops there, so that only Alpine images fail.",
		Fix: steps(
			"# on node NODE: remove the search domain that is not the cluster's",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.limits", Confidence: Likely, Warning: true,
		Title: "resolv.conf lists more than resolvers honour, or nameservers that know different names",
		Apart: "resolv.conf itself has too many entries, or two of its nameservers disagree. One server that does not know the name is" +
			" dns.nxdomain.",
		Fix: steps(
			"# at most 3 nameservers and 6 search domains. The kubelet copies those of node NODE:",
			nodeDNS,
			"# give the kubelet a shorter file: resolvConf in /var/lib/kubelet/config.yaml",
		),
	},
	{
		Code: "dns.aaaa-broken", Confidence: Possible, Warning: true,
		Title: "questions for IPv6 addresses fail or stall, which some resolvers take for the whole answer",
		Apart: "The A question is answered and the AAAA question for the same name fails. When both fail it is dns.servfail or " +
			"dns.silent.",
		Fix: steps(
			"# the server that CoreDNS forwards to breaks them; see which one:",
			showDNS,
			`# in a cluster without IPv6, have CoreDNS answer by itself; in the Corefile:
template IN AAAA {
    rcode NOERROR
}`,
		),
	},
	{
		Code: "dns.wrong-answer", Confidence: Possible,
		Title: "the API server's name leads to another address than its Service has",
		Apart: "The name resolves to an address that is not the Service's, and neither the kubelet's. With a wildcard in a search " +
			"domain it is dns.search-hijack; an override of the variable itself is env.overridden.",
		Fix: steps(
			"# compare the Service with what this pod resolves:",
			"kubectl -n default get service kubernetes",
			"getent hosts kubernetes.default.svc",
			"cat /etc/resolv.conf /etc/hosts",
		),
	},
}
