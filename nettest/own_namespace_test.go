//go:build nettest && linux

package nettest

import (
	"fmt"
	"net"
	"os"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

// What somebody has set up in the pod.
var (
	vpn       = []string{"ip link add vpn type veth peer name outside", "ip link set outside up", "ip link set vpn up", "ip rule add pref 5270 lookup 52"}
	container = []string{"ip link add veth1 type veth peer name inner", "ip link set inner up", "ip link set veth1 up"}
	docker    = append(container, "ip link add docker0 type bridge", "ip addr add 172.17.0.1/16 dev docker0", "ip link set docker0 up", "ip link set veth1 master docker0")
)

// ownNamespace is what programs of the pod do to its network, and leftovers of them.
func ownNamespace() []scenario {
	both := []string{"dns.servers warn", "net.connect fail"}
	return []scenario{
		{
			name: "a kill switch drops what leaves the pod",
			pod:  []string{sent("oifname lo accept"), sent("ip daddr 10.244.1.0/24 accept"), sent("drop")},
			want: both, cause: "net.pod-firewall", sure: settled,
		},
		{
			name: "a rule of the pod drops what is for the API alone",
			pod:  []string{sent("ip daddr 10.96.0.1 drop")},
			want: []string{"net.connect fail"}, cause: "net.pod-firewall", sure: settled,
		},
		{
			name: "a rule of the pod drops what is for DNS alone",
			pod:  []string{sent("meta l4proto { tcp, udp } th dport 53 drop")},
			want: []string{"dns.servers warn"}, cause: "net.pod-firewall", sure: settled,
		},
		{ // what arrives is not looked at: to the pod it is silence
			name: "a rule of the pod drops what arrives from the Services",
			pod:  []string{received("ip saddr 10.96.0.0/12 drop")},
			want: both, cause: "net.egress-blocked", sure: open,
		},
		{
			name: "a VPN's routes in a table of their own",
			pod:  append(vpn, "ip route add 10.0.0.0/8 dev vpn table 52"),
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a VPN's route to its tunnel",
			pod:  []string{"ip tuntap add dev utun mode tun", "ip link set utun up", "ip route add 10.96.0.0/12 dev utun"},
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a bridge of Docker's with the API's address",
			pod:  []string{"ip link add br-0a1b type bridge", "ip addr add 10.96.0.1/16 dev br-0a1b"},
			want: []string{"net.connect fail"}, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a bridge of Docker's with the range of the Services",
			pod: append(container,
				"ip link add br-0a1b type bridge", "ip link set br-0a1b up", "ip link set veth1 master br-0a1b", "ip addr add 10.96.255.254/16 dev br-0a1b"),
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a route that is unreachable",
			pod:  []string{"ip route add unreachable 10.96.0.0/12"},
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a route that is prohibited",
			pod:  []string{"ip route add prohibit 10.96.0.0/12"},
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a route that is a black hole",
			pod:  []string{"ip route add blackhole 10.96.0.0/12"},
			want: both, cause: "net.pod-routes", sure: settled,
		},
		{
			name: "a program holds every source port",
			more: holdPorts(16, 16),
			want: []string{"net.connect fail"}, cause: "net.ports-exhausted", sure: settled,
		},
		{
			name:  "a middlebox drops a large ClientHello",
			setup: lab.Setup{Faults: []string{"tls.large-hello"}},
			want:  []string{"tls.chain fail"}, cause: "tls.large-hello", sure: settled,
		},

		{name: "a VPN's routes that spare the cluster", pod: append(vpn, "ip route add 100.64.0.0/10 dev vpn table 52")},
		{name: "Docker in the pod", pod: docker},
		{
			name: "Docker in the pod, and a policy that drops what is for the API",
			pod:  docker,
			node: []string{after("ip daddr 172.18.0.2 drop")},
			want: []string{"net.connect fail"}, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "a network plugin's second interface has the route of the Services",
			pod:  append(container, "ip route add 10.200.0.0/16 dev veth1"),
		},
		{name: "some source ports are held", more: holdPorts(16, 128)},
	}
}

// holdPorts is a program of the pod with n connections to the API server, where so many
// are possible.
func holdPorts(n, of int) func(network) (func(), error) {
	return func(at network) (func(), error) {
		var held []net.Conn
		end := func() {
			for _, c := range held {
				c.Close()
			}
		}
		return end, at.pod.inside(func() error {
			ports := fmt.Sprintf("61000 %d", 61000+of-1)
			if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte(ports), 0); err != nil {
				return err
			}
			for i := range n {
				c, err := net.Dial("tcp4", "10.96.0.1:443")
				if err != nil {
					return fmt.Errorf("connection %d: %w", i, err)
				}
				held = append(held, c)
			}
			return nil
		})
	}
}
