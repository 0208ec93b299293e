//go:build e2e

package e2e

import "strings"

// networkPolicy is a NetworkPolicy with a spec in YAML's short form.
func networkPolicy(name, spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name + ", namespace: $NAMESPACE}\nspec: " + spec
}

// inKubeSystem is the same in the namespace of the DNS servers.
func inKubeSystem(policy string) string {
	return strings.ReplaceAll(policy, "$NAMESPACE", "kube-system")
}

// sliceOf is an EndpointSlice with an address at which nothing is.
func sliceOf(service, namespace, port string) string {
	return "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: e2e-" + service + ", namespace: " + namespace + ", labels: {kubernetes.io/service-name: " + service + "}}\n" +
		"addressType: IPv4\nports: [" + port + "]\nendpoints: [{addresses: [$GONE]}]"
}

func ownAccount(automount string) string {
	return "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: own, namespace: $NAMESPACE}\nautomountServiceAccountToken: " + automount
}

func labelled(dns string) string {
	return "apiVersion: v1\nkind: Namespace\nmetadata: {name: $NAMESPACE, labels: {dns: " + dns + "}}"
}

const (
	toAPI     = "{to: [{ipBlock: {cidr: $SERVICE/32}}], ports: [{port: 443}]}, {to: [{ipBlock: {cidr: $API/32}}], ports: [{port: 6443}]}"
	toDNS     = "{ports: [{port: 53, protocol: UDP}, {port: 53}]}"
	denyAll   = "{podSelector: {}, policyTypes: [Egress]}"
	documents = "\n---\n"
)

// predictCases are in the order of the page. The DNS servers run on the node of the API server,
// as does beside.
var predictCases = []predictCase{
	{name: "a default deny in a namespace", change: networkPolicy("deny", denyAll), want: "web: apiServer, dns; cart: apiServer, dns; beside: apiServer?, dns"},
	{name: "one that allows the API server and forgets DNS", change: networkPolicy("forgets", "{podSelector: {}, policyTypes: [Egress], egress: ["+toAPI+"]}"), want: "web: dns; cart: dns; beside: dns"},
	{name: "one that allows DNS and forgets the API server", change: networkPolicy("forgets", "{podSelector: {}, policyTypes: [Egress], egress: ["+toDNS+"]}"), want: "web: apiServer; cart: apiServer; beside: apiServer?"},
	{
		name: "one that allows only the Service IP", change: networkPolicy("service-ip", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: $SERVICE/32}}]}, "+toDNS+"]}"),
		want: "web: apiServer?; cart: apiServer?; beside: apiServer?",
	},
	{
		name: "one that allows only the endpoint", change: networkPolicy("endpoint", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: $API/32}}]}, "+toDNS+"]}"),
		want: "web: apiServer?; cart: apiServer?; beside: apiServer?",
	},
	{
		name: "one that allows DNS by the labels of its pods", change: networkPolicy("by-labels", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]}, "+toAPI+"]}"),
		want: "web: dns?; cart: dns?; beside: dns?",
	},
	{name: "one that selects a label of two Deployments", change: networkPolicy("front", "{podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress]}"), want: "web: apiServer, dns; cart: apiServer, dns"},
	{
		name: "ports 444 to 6442, and DNS", change: networkPolicy("range", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 444, endPort: 6442}]}, "+toDNS+"]}"),
		want: "web: apiServer; cart: apiServer; beside: apiServer?",
	},
	{
		name: "everything but the Service IPs", change: networkPolicy("except", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.96.0.0/16]}}]}]}"),
		want: "web: apiServer?, dns?; cart: apiServer?, dns?; beside: apiServer?, dns?",
	},
	{name: "one that allows all that is needed", change: networkPolicy("enough", "{podSelector: {}, policyTypes: [Egress], egress: ["+toAPI+", "+toDNS+"]}"), want: "nothing"},
	{name: "a default deny of ingress", change: networkPolicy("ingress", "{podSelector: {}, policyTypes: [Ingress]}"), want: "nothing"},
	{
		name: "a second deny beside the first", before: networkPolicy("deny", denyAll), change: networkPolicy("deny-web", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}"), want: "nothing",
	},
	{
		name: "a policy removed that allowed, beside a default deny", before: networkPolicy("deny", denyAll) + documents + networkPolicy("allow", "{podSelector: {matchLabels: {app: web}}, egress: [{}]}"),
		delete: []string{"networkpolicy/allow"}, want: "web: apiServer, dns",
	},
	{
		name: "rules that are narrowed", before: networkPolicy("allow", "{podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress], egress: ["+toAPI+", "+toDNS+"]}"),
		change: networkPolicy("allow", "{podSelector: {matchLabels: {app: cart}}, policyTypes: [Egress], egress: ["+toDNS+"]}"), want: "cart: apiServer",
	},
	{
		name: "egress rules for a policy that was applied without policyTypes, and so stays one of ingress", before: networkPolicy("types", "{podSelector: {}, ingress: [{}]}"),
		change: networkPolicy("types", "{podSelector: {}, ingress: [{}], egress: [{ports: [{port: 1}]}]}"), want: "nothing",
	},
	{
		name: "a policy of the DNS servers that admits their own namespace", change: inKubeSystem(networkPolicy("e2e-dns", "{podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{from: [{podSelector: {}}]}]}")),
		want: "web: dns; cart: dns; beside: dns; host: dns?",
	},
	{
		name: "a label taken from a Namespace, which the DNS servers admit by it", before: inKubeSystem(networkPolicy("e2e-dns", "{podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{from: [{namespaceSelector: {matchLabels: {dns: 'yes'}}}]}]}")) + documents + labelled("'yes'"),
		change: labelled("'no'"), want: "web: dns; cart: dns; beside: dns",
	},
	{
		name: "a further EndpointSlice of the Service kubernetes, to a dead address", change: sliceOf("kubernetes", "default", "{name: https, port: 6443, protocol: TCP}"),
		want: "web: apiServer~!; cart: apiServer~!; beside: apiServer~!; host: apiServer~!",
	},
	{
		name: "the same, with a port of another name", change: sliceOf("kubernetes", "default", "{name: other, port: 6443, protocol: TCP}"), want: "nothing",
	},
	{
		name: "a further EndpointSlice of the Service kube-dns, to a dead address", change: sliceOf("kube-dns", "kube-system", "{name: dns, port: 53, protocol: UDP}"),
		want: "web: dns~!; cart: dns~!; beside: dns~!; host: dns~!",
	},
	{name: "a ServiceAccount removed", delete: []string{"serviceaccount/own"}, want: "web: authentication"},
	{name: "a ServiceAccount removed and made again", delete: []string{"serviceaccount/own"}, change: ownAccount("true"), want: "web: authentication"},
	{name: "automountServiceAccountToken: false, and the pods made anew", change: ownAccount("false"), want: "web: token", again: true},
}
