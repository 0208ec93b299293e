//go:build nettest && linux

package nettest

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

func unreachable() []scenario {
	return []scenario{
		{
			name: "no route in the pod",
			pod:  []string{"ip route del default"},
			want: []string{"dns.servers warn", "net.connect fail"}, cause: "net.no-route", sure: ruled,
		},
		{
			name: "no route in the node",
			node: []string{"ip route del 172.18.0.2", "ip route del default"},
			want: []string{"net.connect fail"}, cause: "net.no-route", sure: ruled,
		},
		{
			name:  "an IPv6 service and a pod without an IPv6 address",
			setup: lab.Setup{ServiceIP: netip.MustParseAddr("fd00:10:96::1")},
			want:  []string{"net.connect fail"}, cause: "net.no-route", sure: ruled,
		},
		{
			name: "the API server's host is gone",
			api1: []string{"ip addr flush dev eth0"},
			want: []string{"net.connect fail"}, cause: "net.host-unreachable", sure: ruled,
		},
		{
			name:  "the pod's gateway is gone",
			node:  []string{"ip addr flush dev pod"},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.host-unreachable", sure: ruled,
		},
		{ // the error comes when a search ends that began for another program
			name:    "the pod's gateway is gone, and its programs try again and again",
			more:    retriesWithoutGateway,
			want:    []string{"dns.servers warn", "net.connect fail"},
			perhaps: []string{"dns.servers warn", "net.connect fail"},
			cause:   "net.host-unreachable", sure: ruled,
		},
	}
}

// retriesWithoutGateway has 20 programs of the pod connect to the API server
// all the time.
func retriesWithoutGateway(n network) (func(), error) {
	if err := n.node.ip("addr flush dev pod"); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var programs sync.WaitGroup
	for range 20 {
		programs.Go(func() {
			n.pod.inside(func() error {
				for ctx.Err() == nil {
					if conn, err := new(net.Dialer).DialContext(ctx, "tcp4", "10.96.0.1:443"); err == nil {
						conn.Close()
					}
				}
				return nil
			})
		})
	}
	return func() { cancel(); programs.Wait() }, nil
}
