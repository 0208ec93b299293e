//go:build e2e

package e2e

import "github.com/k8sdoctor/k8sdoctor/causes"

// withPolicy lists network policies. The pod network drops what they deny, and
// filters after the translation of service addresses.
var withPolicy = []scenario{
	{
		name: "all egress denied",
		file: "deny-all.yaml",
		exit: 1, cause: []string{"net.egress-blocked"}, most: causes.Likely, outside: "net.policy-denies",
		want: []string{"dns.servers warn", "net.connect fail"},
	},
	{
		name: "all egress rejected",
		file: "deny-all.yaml", before: rejects,
		exit: 1, cause: []string{"net.policy-rejects"}, most: causes.Likely, outside: "net.policy-denies",
	},
	{
		name:  "only DNS denied",
		file:  "deny-dns.yaml",
		cause: []string{"dns.silent"}, most: causes.Likely, outside: "dns.policy-denies",
		want: []string{"dns.servers warn"}, passed: []string{"net.connect", "api.versions"},
	},
	{
		name: "only DNS by TCP denied",
		file: "deny-dns-tcp.yaml", cause: []string{"dns.tcp-blocked"},
	},
	{
		name: "only the API denied",
		file: "deny-api.yaml",
		exit: 1, cause: []string{"net.api-blocked"}, most: causes.Likely, outside: "net.policy-denies",
		want: []string{"net.connect fail"}, passed: []string{"dns.resolve"},
	},
	{
		name: "only the API's Service IP allowed",
		file: "service-ip-only.yaml", before: addresses,
		exit: 1, cause: []string{"net.policy-needs-endpoint", "net.api-blocked"}, most: causes.Likely,
	},
	{
		name: "healthy with only the API's own address allowed",
		file: "endpoint-only.yaml", before: addresses,
	},
}

// onBrokenNode lists what is wrong between one node's pods and the API server.
var onBrokenNode = []scenario{
	{
		name: "the API's Service IP filtered before its translation",
		file: "node-endpoint.yaml", before: rule(before, "ip daddr $SERVICE drop"),
		exit: 1, cause: []string{"net.policy-needs-endpoint"}, most: causes.Likely,
	},
	{
		name: "a firewall before the API server",
		file: "node-endpoint.yaml", before: rule(after, "ip saddr $PODS ip daddr $API tcp dport 6443 drop"),
		exit: 1, cause: []string{"net.api-blocked", "net.policy-needs-endpoint"}, most: causes.Likely,
	},
	{
		name: "a firewall that prohibits the API server",
		file: "node.yaml", before: rule(after, "ip saddr $PODS ip daddr $API tcp dport 6443 reject with icmp host-prohibited"),
		exit: 1, cause: []string{"net.host-prohibited"},
	},
	{
		name: "no service rules on a node whose network drops",
		file: "node-endpoint.yaml", before: withoutServiceRules("drop"),
		exit: 1, cause: []string{"net.service-ips-dead"}, most: causes.Likely,
	},
	{
		name: "no service rules on a node whose network refuses",
		file: "node-endpoint.yaml", before: withoutServiceRules("reject"),
		exit: 1, cause: []string{"net.service-ips-dead"}, most: causes.Likely,
	},
	{
		name: "no service rules on a node whose network has no route",
		file: "node-endpoint.yaml", before: withoutServiceRules("reject with icmp net-unreachable"),
		exit: 1, cause: []string{"net.service-ips-dead"}, most: causes.Likely,
	},
	{
		name: "one of two endpoints refuses",
		file: "node.yaml", before: rule(dnat, "dnat to $API : numgen inc mod 2 map { 0 : 6444, 1 : 6443 }"),
		exit: 1, cause: []string{"net.some-endpoints-dead"}, most: causes.Likely,
	},
	{
		name: "one SYN of four lost",
		file: "node.yaml", before: rule(before, "ip daddr $SERVICE tcp flags & (syn|ack) == syn numgen inc mod 4 == 0 drop"),
		cause: []string{"net.lossy"}, most: causes.Likely,
	},
	{
		name: "a narrow path that says nothing",
		file: "node.yaml", before: narrow(1000),
		exit: 1, cause: []string{"net.mtu"},
	},
}

// ledAstray lists what may stand in the API server's place.
var ledAstray = []scenario{
	{
		name: "the API's only endpoint dead",
		file: "node.yaml", before: led("$API:6444"),
		exit: 1, cause: []string{"net.api-down"},
	},
	{
		name: "the API server's machine gone",
		file: "node.yaml", before: led("$GONE:6443"),
		exit: 1, cause: []string{"net.host-unreachable"}, most: causes.Likely,
	},
	{
		name: "a server that never answers the handshake",
		file: "node.yaml", before: silentServer,
		exit: 1, cause: []string{"net.handshake-stalled"}, most: causes.Likely,
	},
	{
		name: "a web server in the API's place",
		file: "node.yaml", before: led("$DNS:8080"),
		exit: 1, cause: []string{"tls.not-tls"},
	},
	{
		name: "another TLS server in the API's place",
		file: "node.yaml", before: led("$API:10250"),
		exit: 1, cause: []string{"tls.foreign-server", "tls.unknown-ca", "tls.self-signed", "tls.intercepted"}, most: causes.Likely,
	},
}

// alone lists what breaks the whole cluster for a while.
var alone = []scenario{
	{
		name: "an API of another server that is down",
		file: "dead-api.yaml", before: deadAPI,
		cause: []string{"api.aggregation-broken"}, most: causes.Likely,
		want: []string{"api.versions warn"},
	},
	{
		name: "CoreDNS scaled to zero", before: withoutCoreDNS,
		cause: []string{"dns.no-endpoints"},
		want:  []string{"dns.servers warn"}, passed: []string{"net.connect", "api.versions"},
	},
	{ // by chance, a pod may meet the dead one each time
		name: "one of two endpoints of the API's Service is dead",
		file: "node.yaml", before: deadEndpoint(true),
		exit: either, cause: []string{"net.some-endpoints-dead", "net.api-down"}, most: causes.Likely,
	},
	{
		name: "the only endpoint of the API's Service is dead",
		file: "node.yaml", before: deadEndpoint(false),
		exit: 1, cause: []string{"net.api-down"}, most: causes.Likely,
	},
	{
		name: "SelfSubjectReview forbidden", before: bindingGone("system:basic-user"),
		cause: []string{"api.review-unavailable"},
	},
}

// withCertificates lists certificates of an API server.
func withCertificates(server apiServer) []scenario {
	return []scenario{
		{
			name: "certificate without the Service IP",
			file: "node.yaml", before: server.instead(shows(withoutServiceIP)),
			exit: 1, cause: []string{"tls.host-not-covered"},
		},
		{
			name: "certificate that has expired",
			file: "node.yaml", before: server.instead(shows(expired)),
			exit: 1, cause: []string{"tls.expired"},
		},
		{
			name: "certificate that expires soon",
			file: "node.yaml", before: server.instead(shows(expiresSoon)),
			cause: []string{"tls.expires-soon"},
		},
		{
			name: "certificate of a CA of the same name",
			file: "node.yaml", before: server.instead(shows(fromCAOfSameName)),
			exit: 1, cause: []string{"tls.ca-rekeyed"},
		},
	}
}

// notReady lists what happens where /readyz names a failing part.
func notReady(server apiServer) []scenario {
	return []scenario{
		{
			name: "a part of the API server is not ready",
			file: "node.yaml", before: server.instead(),
			exit: 1, cause: []string{"api.unhealthy"},
		},
	}
}
