//go:build nettest && linux

package nettest

import (
	"errors"
	"net"
	"os"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

var twoNameservers = lab.Setup{Nameservers: []string{"10.96.0.10", "10.96.0.11"}}

func dns() []scenario {
	return []scenario{
		{
			name: "TCP is dropped",
			node: []string{after("ip daddr 10.244.2.5 tcp dport 53 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.tcp-blocked", sure: whichever,
		},
		{
			name: "UDP is dropped",
			node: []string{after("ip daddr 10.244.2.5 udp dport 53 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.udp-blocked", sure: ruled,
		},
		{
			name: "the second datagram of a socket is lost",
			node: []string{
				"nft add set inet faults seen { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 4s; }",
				before("udp dport 53 ip saddr . udp sport @seen drop"),
				before("udp dport 53 add @seen { ip saddr . udp sport }"),
			},
			want: []string{"dns.resolve warn"}, cause: "dns.slow-race", sure: ruled,
		},
		{
			name:    "every third datagram is lost, the first among them",
			node:    []string{before("udp dport 53 numgen inc mod 3 == 0 drop")},
			want:    []string{"dns.servers warn", "dns.resolve warn"},
			perhaps: []string{"dns.servers warn"},
			cause:   "dns.slow", sure: whichever, or: []string{"dns.slow-race"},
		},
		{
			name: "every third datagram is lost, the second among them",
			node: []string{before("udp dport 53 numgen inc mod 3 == 1 drop")},
			want: []string{"dns.resolve warn"}, cause: "dns.slow", sure: whichever, or: []string{"dns.slow-race"},
		},
		{ // @th,464,16 is the type of a question for kubernetes.default.svc.cluster.local
			name: "questions for the IPv6 address of the API are lost",
			node: []string{before("udp dport 53 @th,464,16 28 drop")},
			want: []string{"dns.resolve warn"}, cause: "dns.aaaa-broken", sure: whichever,
		},
		{
			name: "the second nameserver is silent", setup: twoNameservers,
			dns:  []string{received("ip daddr 10.244.2.6 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.silent", sure: whichever,
		},
		{
			name: "the second nameserver refuses", setup: twoNameservers,
			want: []string{"dns.servers warn"}, cause: "dns.no-endpoints", sure: whichever,
		},
		{
			name: "the first nameserver is silent", setup: lab.Setup{Nameservers: []string{"10.96.0.11", "10.96.0.10"}},
			dns:  []string{received("ip daddr 10.244.2.6 drop")},
			want: []string{"dns.servers warn"}, cause: "dns.silent", sure: whichever,
		},
		{
			name: "the second nameserver disagrees", setup: twoNameservers,
			more: otherDNS,
			want: []string{"dns.servers warn"}, cause: "dns.limits", sure: whichever,
		},
	}
}

// otherDNS is a second DNS server, which does not know the API's name.
func otherDNS(n network) (func(), error) {
	packets, err1 := n.dns.listenPacket(dns2Address)
	streams, err2 := n.dns.listen(dns2Address)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nettest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	served, err := lab.Serve(dir, lab.Sockets{
		DNSPackets: []net.PacketConn{packets}, DNSStreams: []net.Listener{streams},
	}, lab.Setup{Faults: []string{"dns.nxdomain"}})
	if err != nil {
		return nil, err
	}
	return func() { served.Close() }, nil
}
