package lab

import (
	"fmt"
	"path/filepath"
	"strings"
)

const routeHead = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

const arpHead = "IP address       HW type     Flags       HW address            Mask     Device\n"

// The kernel's tables of a pod behind a bridge: the default route through
// 10.244.1.1, and a range of its own.
const (
	podRoutes = routeHead +
		"eth0\t00000000\t0101F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"eth0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
	podNeighbours = arpHead +
		"10.244.1.1       0x1         0x2         0a:58:0a:f4:01:01     *        eth0\n"
)

// The same with 10.0.0.0/8 as the range, in which nobody has the Service IPs.
const (
	wideRoutes = routeHead +
		"eth0\t00000000\t0101F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
	unansweredARP = podNeighbours +
		"10.96.0.1        0x1         0x0         00:00:00:00:00:00     *        eth0\n" +
		"10.96.0.10       0x1         0x0         00:00:00:00:00:00     *        eth0\n"
)

// nodeDevices are the interfaces of a node.
const nodeDevices = "Inter-|   Receive  |  Transmit\n face |bytes    packets|bytes    packets\n" +
	"    lo: 0 0 0 0\n  eth0: 0 0 0 0\n  cni0: 0 0 0 0\n"

// podDevices are the interfaces of a pod.
const podDevices = "Inter-|   Receive  |  Transmit\n face |bytes    packets|bytes    packets\n" +
	"    lo: 0 0 0 0\n  eth0: 0 0 0 0\n"

// tunnelRoutes are those of a pod in which a VPN client leads 10.0.0.0/8 into its tunnel.
const tunnelRoutes = podRoutes + "tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"

// connectionsToAPI are lines of /proc/net/tcp: one for each port from first on, in
// that state.
func connectionsToAPI(first, n int, state string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%4d: 0701F40A:%04X 0100600A:01BB %s 00000000:00000000 00:00000000 00000000 65532        0 48151 1 0000000000000000\n", i, first+i, state)
	}
	return b.String()
}

// tracks sets how many connections the kernel tracks, and how many it may at most.
func (p *plan) tracks(count, limit string) {
	p.proc["sys/net/netfilter/nf_conntrack_count"], p.proc["sys/net/netfilter/nf_conntrack_max"] = count+"\n", limit+"\n"
}

// writeNetwork makes what the kernel says of the pod's network; where that is a
// real one, the kernel says it itself.
func writeNetwork(dir string, p *plan) error {
	if err := writeFile(filepath.Join(dir, "proc/net/route"), []byte(p.routeTable), 0o444); err != nil {
		return err
	}
	for name, text := range p.proc {
		if err := writeFile(filepath.Join(dir, "proc", name), []byte(text), 0o444); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dir, "proc/net/arp"), []byte(p.arpTable), 0o444)
}
