//go:build nettest && linux

package nettest

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// network is a pod and the machines that it needs, in namespaces: the addresses
// are those of the simulated cluster of package lab.
type network struct {
	pod, node, api1, api2, dns namespace
}

const (
	api1Address    = "172.18.0.2:6443"
	api2Address    = "172.18.0.3:6443"
	dnsAddress     = "10.244.2.5:53"
	metricsAddress = "10.244.2.5:9153"
	dns2Address    = "10.244.2.6:53"
)

// api1Own is the first API server's own address as a user would name it.
var api1Own = []netip.AddrPort{netip.MustParseAddrPort(api1Address)}

func (n network) all() []namespace { return []namespace{n.pod, n.node, n.api1, n.api2, n.dns} }

// namedNetwork names the namespaces after a number.
func namedNetwork(number int) network {
	name := func(role string) namespace {
		return namespace(fmt.Sprintf("%d-%s", number, role))
	}
	return network{name("pod"), name("node"), name("api1"), name("api2"), name("dns")}
}

// create makes the namespaces, the links between them but the pod's, and the
// rules of nftables. Whatever is not of this network goes to a device that
// swallows it.
func (n network) create(endpoints []string) error {
	var lines []string
	for _, ns := range n.all() {
		lines = append(lines, "netns add "+string(ns))
	}
	for _, end := range []struct {
		host namespace
		name string
	}{{n.api1, "api1"}, {n.api2, "api2"}, {n.dns, "dns"}} {
		lines = append(lines, fmt.Sprintf("link add eth0 netns %s type veth peer name %s netns %s", end.host, end.name, n.node))
	}
	if err := run(strings.Join(lines, "\n"), "ip", "-batch", "-"); err != nil {
		return err
	}
	return errors.Join(
		n.node.ip(
			"link set lo up",
			"addr add 172.18.0.1 peer 172.18.0.2 dev api1", "link set api1 up",
			"addr add 172.18.0.1 peer 172.18.0.3 dev api2", "link set api2 up",
			"addr add 10.244.2.1 peer 10.244.2.5 dev dns", "link set dns up", "route add 10.244.2.6 dev dns",
			"tuntap add dev world mode tun", "link set world up", "route add default dev world",
		),
		host(n.api1, "172.18.0.1", "172.18.0.2"),
		host(n.api2, "172.18.0.1", "172.18.0.3"),
		host(n.dns, "10.244.2.1", "10.244.2.5", "10.244.2.6"),
		n.node.run("sysctl -q -w net.ipv4.ip_forward=1"),
		n.node.nft(kubeProxy(endpoints)+onTheWay),
		n.pod.nft(atTheEnd), n.api1.nft(atTheEnd), n.api2.nft(atTheEnd), n.dns.nft(atTheEnd),
	)
}

// joinPod links the pod to its node.
func (n network) joinPod(l podLink) (func(), error) {
	stop, err := l(n.pod, n.node)
	if err != nil {
		return nil, err
	}
	return stop, errors.Join(
		n.node.ip("addr add 10.244.1.1/24 dev pod", "link set pod up"),
		n.pod.ip("link set lo up", "addr add 10.244.1.7/24 dev eth0", "link set eth0 up", "route add default via 10.244.1.1"),
	)
}

func host(n namespace, router string, addresses ...string) error {
	lines := []string{"link set lo up", "link set eth0 up"}
	for _, address := range addresses {
		lines = append(lines, fmt.Sprintf("addr add %s peer %s dev eth0", address, router))
	}
	return n.ip(append(lines, "route add default via "+router)...)
}

// remove deletes the namespaces that there are.
func (n network) remove() error {
	var errs []error
	for _, ns := range n.all() {
		if _, err := os.Stat("/run/netns/" + string(ns)); err == nil {
			errs = append(errs, run("", "ip", "netns", "del", string(ns)))
		}
	}
	return errors.Join(errs...)
}

// podLink makes the device eth0 in the pod and pod in the node, joined until
// what it returns is called.
type podLink func(pod, node namespace) (func(), error)

func veth(pod, node namespace) (func(), error) {
	return func() {}, run("", "ip", "link", "add", "eth0", "netns", string(pod), "type", "veth", "peer", "name", "pod", "netns", string(node))
}

// kubeProxy translates the Service IPs. Connections to the API take the
// endpoints in turn; without any they are rejected.
func kubeProxy(endpoints []string) string {
	var turns []string
	for i, endpoint := range endpoints {
		turns = append(turns, fmt.Sprintf("%d : %s", i, strings.Replace(endpoint, ":", " . ", 1)))
	}
	toAPI := "reject"
	if len(turns) > 0 {
		toAPI = fmt.Sprintf("dnat to numgen inc mod %d map { %s }", len(turns), strings.Join(turns, ", "))
	}
	return `
table ip kube-proxy {
	chain services {
		type nat hook prerouting priority dstnat
		ip daddr 10.96.0.1 tcp dport 443 ` + toAPI + `
		ip daddr 10.96.0.10 udp dport 53 dnat to ` + dnsAddress + `
		ip daddr 10.96.0.10 tcp dport 53 dnat to ` + dnsAddress + `
		ip daddr 10.96.0.10 tcp dport 9153 dnat to ` + metricsAddress + `
		ip daddr 10.96.0.11 udp dport 53 dnat to ` + dns2Address + `
		ip daddr 10.96.0.11 tcp dport 53 dnat to ` + dns2Address + `
	}
}
`
}

// onTheWay is where a scenario puts rules for what the pod sends, before and
// after the translation of Service IPs.
const onTheWay = `
table inet faults {
	chain before {
		type filter hook prerouting priority raw
		iifname != "pod" accept
	}
	chain after {
		type filter hook forward priority filter
		iifname != "pod" accept
	}
	chain sent {
		type filter hook output priority filter
	}
}
`

// atTheEnd is where a scenario puts rules for what a machine sends or gets.
const atTheEnd = `
table inet faults {
	chain received {
		type filter hook input priority filter
	}
	chain sent {
		type filter hook output priority filter
	}
	chain redirected {
		type nat hook output priority -100
	}
}
`
