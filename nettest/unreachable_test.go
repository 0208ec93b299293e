//go:build nettest && linux

package nettest

import (
	"net/netip"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

func unreachable() []scenario {
	return []scenario{
		{
			name: "no route in the pod",
			pod:  []string{"ip route del default"},
			want: []string{"dns.servers fail dns.silent", "net.connect fail net.no-route"}, cause: "net.no-route", sure: ruled,
		},
		{
			name: "no route in the node",
			node: []string{"ip route del 172.18.0.2", "ip route del default"},
			want: []string{"net.connect fail net.no-route"}, cause: "net.no-route", sure: ruled,
		},
		{
			name:  "an IPv6 service and a pod without an IPv6 address",
			setup: lab.Setup{ServiceIP: netip.MustParseAddr("fd00:10:96::1")},
			want:  []string{"net.connect fail net.no-route"}, cause: "net.no-route", sure: ruled,
		},
		{
			name: "the API server's host is gone",
			api1: []string{"ip addr flush dev eth0"},
			want: []string{"net.connect fail net.host-unreachable"}, cause: "net.host-unreachable", sure: ruled,
		},
		{
			name:  "the pod's gateway is gone",
			node:  []string{"ip addr flush dev pod"},
			want:  []string{"dns.servers fail dns.silent", "net.connect fail net.host-unreachable"},
			cause: "net.host-unreachable", sure: ruled,
		},
	}
}
