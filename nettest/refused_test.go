//go:build nettest && linux

package nettest

// What rejects the API alone looks like a Service without endpoints, or, where it sends
// resets, like an API that is down.
func refused() []scenario {
	return []scenario{
		{
			name: "the API, by TCP reset",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 reject with tcp reset")},
			want: []string{"net.connect fail"}, cause: "net.api-down", sure: whichever,
		},
		{
			name: "the API, by ICMP port unreachable",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 reject with icmp type port-unreachable")},
			want: []string{"net.connect fail"}, cause: "net.policy-rejects", sure: open, or: []string{"net.no-endpoints"},
		},
		{
			name: "the API, by ICMP host prohibited",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 reject with icmp type host-prohibited")},
			want: []string{"net.connect fail"}, cause: "net.host-prohibited", sure: ruled,
		},
		{
			name: "the API, by ICMP administratively prohibited",
			node: []string{after("ip daddr 172.18.0.2 tcp dport 6443 reject with icmp type admin-prohibited")},
			want: []string{"net.connect fail"}, cause: "net.host-prohibited", sure: ruled,
		},
		{
			name: "the API, by the firewall of its host",
			api1: []string{received("tcp dport 6443 reject with icmp type host-prohibited")},
			want: []string{"net.connect fail"}, cause: "net.host-prohibited", sure: ruled,
		},
		{
			name: "no API server listens", endpoints: []string{"172.18.0.2:6444"},
			want: []string{"net.connect fail"}, cause: "net.api-down", sure: whichever,
		},
		{
			name: "the API's Service has no endpoints", endpoints: []string{},
			want: []string{"net.connect fail"}, cause: "net.no-endpoints", sure: open,
		},
		{
			name: "DNS, as no server listens",
			dns:  []string{received("meta l4proto { tcp, udp } th dport 53 reject")},
			want: []string{"dns.servers warn"}, cause: "dns.no-endpoints", sure: open,
		},
		{
			name:  "everything, by TCP reset and ICMP port unreachable",
			node:  []string{after("meta l4proto tcp reject with tcp reset"), after("reject")},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.policy-rejects", sure: open,
		},
		{
			name:  "everything, by ICMP port unreachable",
			node:  []string{after("reject")},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.policy-rejects", sure: whichever,
		},
		{
			name:  "everything, by ICMP administratively prohibited",
			node:  []string{after("reject with icmp type admin-prohibited")},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.policy-rejects", sure: whichever,
		},
		{
			name: "everything but DNS, by TCP reset",
			node: []string{
				after("ip daddr 10.244.2.5 meta l4proto { tcp, udp } th dport 53 accept"),
				after("meta l4proto tcp reject with tcp reset"),
			},
			want:  []string{"net.connect fail"},
			cause: "net.policy-rejects", sure: open,
		},
	}
}
