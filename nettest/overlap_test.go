//go:build nettest && linux

package nettest

import "net/http"

// widePod gives the pod a range that holds the Service IPs.
var widePod = []string{"ip addr flush dev eth0", "ip addr add 10.244.1.7/8 dev eth0", "ip route add default via 10.244.1.1"}

// nodeAnswers has the node answer for every address that it has a route to.
const nodeAnswers = "sysctl -q -w net.ipv4.conf.pod.proxy_arp=1"

// No machine, or the wrong one, answers on the pod's link for the Service IPs.
var (
	noNeighbour  = []string{"dns.servers warn", "net.connect fail"}
	wrongMachine = []string{"dns.servers warn", "net.connect fail"}
)

// neighbour puts the second API server's host on the pod's link, as "other".
func neighbour(n network) (func(), error) {
	return func() {}, n.node.ip("link add link pod name other netns " + string(n.api2) + " type macvlan mode private")
}

// webNeighbour gives it the API's Service IP and a web server.
func webNeighbour(n network) (func(), error) {
	if _, err := neighbour(n); err != nil {
		return nil, err
	}
	if err := n.api2.ip("addr add 10.96.0.1/32 dev other", "link set other up", "route add 10.244.1.7 dev other"); err != nil {
		return nil, err
	}
	l, err := n.api2.listen("10.96.0.1:443")
	if err != nil {
		return nil, err
	}
	go http.Serve(l, http.NotFoundHandler())
	return func() { l.Close() }, nil
}

func overlap() []scenario {
	return []scenario{
		{
			name: "the pod's range holds the Service IPs",
			pod:  widePod,
			want: noNeighbour, cause: "net.cidr-overlap", sure: ruled,
		},
		{
			name: "the pod's range holds the Service IPs, and the API's own address is known",
			pod:  widePod, known: api1Own,
			want: noNeighbour, cause: "net.cidr-overlap", sure: ruled,
		},
		{
			name: "the pod's range holds the Service IPs, and the node answers for them",
			pod:  widePod, node: []string{nodeAnswers},
		},
		{
			name: "the pod's range holds the Service IPs, the node answers for them, and a policy drops the API's",
			pod:  widePod, node: []string{nodeAnswers, before("ip daddr 10.96.0.1 tcp dport 443 drop")},
			want: apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "the pod's range holds the Service IPs, and another pod has the API's",
			pod:  widePod,
			more: neighbour,
			api2: []string{"ip addr add 10.96.0.1/32 dev other", "ip link set other up", "ip route add 10.244.1.7 dev other"},
			want: wrongMachine, cause: "net.cidr-overlap", sure: ruled,
		},
		{
			name: "the pod's range holds the Service IPs, and another pod has the API's, with a web server",
			pod:  widePod, more: webNeighbour,
			want: []string{"dns.servers warn", "tls.chain fail"}, cause: "net.cidr-overlap", sure: ruled,
		},
		{
			name: "the pod's range holds the API servers, which take the pod for a neighbour",
			pod:  []string{"ip addr flush dev eth0", "ip addr add 172.18.5.7/16 dev eth0", "ip route add default via 172.18.5.1"},
			node: []string{"ip addr add 172.18.5.1/32 dev pod", "ip route add 172.18.5.7 dev pod"},
			api1: []string{"ip route add 172.18.0.0/16 dev eth0"}, known: api1Own,
			want: apiSilent, cause: "net.cidr-overlap", sure: whichever,
		},
		{
			name:  "pods and API servers share a range, and are neighbours",
			pod:   []string{"ip addr flush dev eth0", "ip addr add 172.18.5.7/16 dev eth0", "ip route add default via 172.18.5.1"},
			node:  []string{"ip addr add 172.18.5.1/32 dev pod", "ip route add 172.18.5.7 dev pod", nodeAnswers},
			known: api1Own,
		},
		{
			name: "pods and API servers share a range, are neighbours, and a policy drops the API's",
			pod:  []string{"ip addr flush dev eth0", "ip addr add 172.18.5.7/16 dev eth0", "ip route add default via 172.18.5.1"},
			node: []string{
				"ip addr add 172.18.5.1/32 dev pod", "ip route add 172.18.5.7 dev pod", nodeAnswers,
				before("ip daddr 10.96.0.1 tcp dport 443 drop"), before("ip daddr 172.18.0.2 tcp dport 6443 drop"),
			},
			known: api1Own,
			want:  apiSilent, cause: "net.api-blocked", sure: ruled,
		},
		{
			name: "a node on which nothing translates Service IPs, and its bridge has their range",
			pod: []string{
				"ip link add cni0 type bridge", "ip link set cni0 up", "ip addr add 10.111.0.1/12 dev cni0",
			},
			want: noNeighbour, cause: "net.cidr-overlap", sure: open, or: []string{"net.service-ips-dead"},
		},
	}
}
