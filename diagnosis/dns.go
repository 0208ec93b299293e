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
		Title: "this pod does not ask the cluster's DNS but other servers, mostly the node's",
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
		Fix: steps(
			"# write kubernetes.default.svc without a domain; the search list adds the right one:",
			"grep search /etc/resolv.conf",
		),
	},
	{
		Code: "dns.servfail", Confidence: Possible,
		Title: "the DNS server cannot answer for the cluster's zone, often as it cannot reach the API server itself",
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
		Fix: steps(
			"# the suffixes without \"svc\" come from node NODE; there, remove the one that is refused:",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.no-endpoints", Confidence: Possible,
		Title: "no DNS server is ready behind the service IP",
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
		Fix: steps(
			"# the Service must have port 53 for both, and so must an egress policy:",
			"kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.ports}{\"\\n\"}'",
			allowDNS,
		),
	},
	{
		Code: "dns.slow-race", Confidence: Possible,
		Title: "one of two queries sent at once is lost on the node, and the resolver waits for it",
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
		Fix: steps(
			"# on node NODE: remove the search domain that is not the cluster's, or its wildcard record",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.search-broken", Confidence: Possible, Warning: true,
		Title: "a search domain answers with an error at which some resolvers give up (musl, in Alpine images)",
		Fix: steps(
			"# on node NODE: remove the search domain that is not the cluster's",
			nodeDNS,
			fewerSearches,
		),
	},
	{
		Code: "dns.limits", Confidence: Likely, Warning: true,
		Title: "resolv.conf lists more than resolvers honour, or nameservers that know different names",
		Fix: steps(
			"# at most 3 nameservers and 6 search domains. The kubelet copies those of node NODE:",
			nodeDNS,
			"# give the kubelet a shorter file: resolvConf in /var/lib/kubelet/config.yaml",
		),
	},
	{
		Code: "dns.aaaa-broken", Confidence: Possible, Warning: true,
		Title: "questions for IPv6 addresses fail or stall, which some resolvers take for the whole answer",
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
		Fix: steps(
			"# compare the Service with what this pod resolves:",
			"kubectl -n default get service kubernetes",
			"getent hosts kubernetes.default.svc",
			"cat /etc/resolv.conf /etc/hosts",
		),
	},
}
