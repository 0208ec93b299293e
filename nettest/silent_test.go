//go:build nettest && linux

package nettest

// What is said of the API alone.
var (
	apiSilent        = []string{"net.connect fail"}
	everythingSilent = []string{"dns.servers warn", "net.connect fail"}
)

func silent() []scenario {
	return []scenario{
		{
			name: "DNS, whose answers are not translated back",
			node: []string{
				"nft add chain inet faults last { type filter hook postrouting priority 110 ; }",
				"nft add rule inet faults last ip saddr 10.96.0.10 udp sport 53 ip saddr set 10.244.2.5",
				"nft add rule inet faults last ip saddr 10.96.0.10 tcp sport 53 ip saddr set 10.244.2.5",
			},
			want: []string{"dns.servers warn"}, cause: "net.reply-untranslated", sure: open,
		},
		{
			name: "DNS by UDP alone",
			node: []string{before("ip daddr 10.96.0.10 udp dport 53 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.udp-blocked", sure: ruled,
		},
		{
			name: "the API for the pod's first seconds",
			node: []string{
				"nft add set inet faults seen { type ipv4_addr; flags dynamic; }",
				"nft add set inet faults young { type ipv4_addr; flags dynamic,timeout; }",
				before("ip daddr 10.96.0.1 ip saddr != @seen add @young { ip saddr timeout 3600ms } add @seen { ip saddr }"),
				before("ip saddr @young ip daddr 10.96.0.1 drop"),
			},
			want: []string{"net.connect fail"}, cause: "net.not-ready-yet", sure: open,
			perhaps: []string{}, // where the process stood still for a while: then net.connect waits longer, and the SYN after 4 s is answered
		},
		{
			name: "the API's Service IP, before translation",
			node: []string{before("ip daddr 10.96.0.1 tcp dport 443 drop")},
			want: apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "the API's Service IP, before translation, and the own address is known",
			node: []string{before("ip daddr 10.96.0.1 tcp dport 443 drop")}, known: api1Own,
			want: apiSilent, cause: "net.policy-needs-endpoint", sure: open,
		},
		{
			name: "the API's Service IP and own address, which is known",
			node: []string{
				before("ip daddr 10.96.0.1 tcp dport 443 drop"),
				before("ip daddr 172.18.0.2 tcp dport 6443 drop"),
			},
			known: api1Own,
			want:  apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "the API's own address, after translation",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 drop")},
			want: apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "the API's own address, after translation, and it is known",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 drop")}, known: api1Own,
			want: apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "a firewall on the API server's host",
			api1: []string{received("tcp dport 6443 drop")},
			want: apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "a policy before translation that allows the API's own address, which is known, and DNS",
			node: []string{
				before("ip daddr 172.18.0.2 tcp dport 6443 accept"),
				before("ip daddr 10.96.0.10 meta l4proto { tcp, udp } th dport 53 accept"),
				before("drop"),
			},
			known: api1Own,
			want:  apiSilent, cause: "net.policy-needs-endpoint", sure: open,
		},
		{ // a firewall further on looks the same, and api-blocked is said of both
			name: "a policy after translation that allows the Service IP and DNS",
			node: []string{
				after("ip daddr 10.96.0.1 tcp dport 443 accept"),
				after("ip daddr 10.244.2.5 meta l4proto { tcp, udp } th dport 53 accept"),
				after("drop"),
			},
			known: api1Own,
			want:  apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "a policy that allows DNS by UDP only",
			node: []string{after("ip daddr 10.244.2.5 udp dport 53 accept"), after("drop")},
			want: append([]string{"dns.servers warn"}, apiSilent...), cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "everything, before translation",
			node: []string{before("drop")},
			want: everythingSilent, cause: "net.egress-blocked", sure: open, or: []string{"net.service-ips-dead"},
		},
		{
			name: "everything, after translation",
			node: []string{after("drop")},
			want: everythingSilent, cause: "net.egress-blocked", sure: open, or: []string{"net.service-ips-dead"},
		},
		{
			name: "everything, after translation, and the API's own address is known",
			node: []string{after("drop")}, known: api1Own,
			want: everythingSilent, cause: "net.egress-blocked", sure: ruled,
		},
		{
			name: "everything, in the pod itself",
			pod:  []string{sent("oifname eth0 drop")},
			want: everythingSilent, cause: "net.pod-firewall", sure: settled,
		},
		{
			name: "everything, on the way back",
			pod:  []string{received("iifname eth0 drop")},
			want: everythingSilent, cause: "net.pod-firewall", sure: settled,
		},
		{
			name: "all Service IPs, as kube-proxy has no rules",
			node: []string{"nft flush chain ip kube-proxy services"},
			want: everythingSilent, cause: "net.service-ips-dead", sure: open, or: []string{"net.egress-blocked"},
		},
		{
			name: "all Service IPs, and the API's own address is known",
			node: []string{"nft flush chain ip kube-proxy services"}, known: api1Own,
			want: everythingSilent, cause: "net.service-ips-dead", sure: ruled,
		},
		{
			name: "DNS",
			node: []string{before("ip daddr 10.96.0.10 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.silent", sure: ruled,
		},
	}
}
