package causes

const (
	showDNS       = "kubectl -n kube-system get configmap coredns -o yaml"
	asksDNSPolicy = "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.dnsPolicy} {.spec.hostNetwork} {.spec.dnsConfig}'"
	nodeDNS       = "grep -E '^(nameserver|search)' /etc/resolv.conf"
)

// ownSearches gives the pod the cluster's DNS and search domains alone, without
// those of its node. Both are asked of the cluster: what the pod has is in doubt.
var ownSearches = onlyIf(`[ -n "DNS_IP" ] && [ -n "ZONE" ]`, changeTemplate("uses only the cluster DNS and the cluster's search domains: short names in the node's search domains no longer resolve",
	"spec:\n  dnsPolicy: None\n  dnsConfig:\n    nameservers: ['DNS_IP']\n    searches: ['NAMESPACE.svc.ZONE', 'svc.ZONE', 'ZONE']\n    options:\n    - {name: ndots, value: '5'}"))

// withoutSearch takes a search domain of the node's away.
func withoutSearch(which, away string) []Step {
	return []Step{
		look("which search domains are from the node (those without \"svc\")?", nodeDNS,
			when("one of them is "+which, 2),
			when("the node's resolv.conf cannot be changed", 3)).at(onNode),
		ask(nodeAdmin, away+"; new pods get the shorter list"),
		ownSearches,
	}
}
