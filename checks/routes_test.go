package checks

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

const routeHead = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

// procRoute writes routes as /proc/net/route has them, from lines such as
// "eth0 10.244.1.0/24 0.0.0.0 0001".
func procRoute(t *testing.T, lines ...string) string {
	t.Helper()
	text := routeHead
	for _, line := range lines {
		f := strings.Fields(line)
		prefix, gateway := netip.MustParsePrefix(f[1]), netip.MustParseAddr(f[2])
		hex := func(b [4]byte) string {
			const digits = "0123456789ABCDEF"
			var s []byte
			for i := 3; i >= 0; i-- {
				s = append(s, digits[b[i]>>4], digits[b[i]&15])
			}
			return string(s)
		}
		text += strings.Join([]string{
			f[0], hex(prefix.Addr().As4()), hex(gateway.As4()), f[3], "0", "0", "0", hex([4]byte(net.CIDRMask(prefix.Bits(), 32))), "0", "0", "0",
		}, "\t") + "\n"
	}
	return text
}

// TestRoutesOfPodNetworks has the tables that pod networks make, and says by
// which route packets to a Service IP leave, and whether it is taken for a
// neighbour's.
func TestRoutesOfPodNetworks(t *testing.T) {
	const service = "10.96.0.1"
	for _, tc := range []struct {
		name, own     string
		routes        []string
		leaves, holds string
	}{
		{name: "flannel", own: "10.244.1.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.244.0.0/16 10.244.1.1 0003", "eth0 10.244.1.0/24 0.0.0.0 0001"}, leaves: "default via 10.244.1.1 dev eth0"},
		{name: "kindnet", own: "10.244.1.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.244.1.0/24 10.244.1.1 0003", "eth0 10.244.1.1/32 0.0.0.0 0005"}, leaves: "default via 10.244.1.1 dev eth0"},
		{name: "Calico, AWS", own: "192.168.3.9", routes: []string{"eth0 0.0.0.0/0 169.254.1.1 0003", "eth0 169.254.1.1/32 0.0.0.0 0005"}, leaves: "default via 169.254.1.1 dev eth0"},
		{name: "Cilium", own: "10.0.1.77", routes: []string{"eth0 0.0.0.0/0 10.0.1.15 0003", "eth0 10.0.1.15/32 0.0.0.0 0005"}, leaves: "default via 10.0.1.15 dev eth0"},
		{name: "Weave", own: "10.40.0.3", routes: []string{"eth0 0.0.0.0/0 10.40.0.1 0003", "eth0 10.32.0.0/12 0.0.0.0 0001"}, leaves: "default via 10.40.0.1 dev eth0"},
		{name: "a default route without a gateway", own: "10.8.0.2", routes: []string{"eth0 0.0.0.0/0 0.0.0.0 0001"}, leaves: "default dev eth0"},
		{name: "halves of a default route, as a VPN sets them", own: "10.8.0.2", routes: []string{"wg0 0.0.0.0/1 0.0.0.0 0001", "wg0 128.0.0.0/1 0.0.0.0 0001", "eth0 0.0.0.0/0 10.244.1.1 0003"}, leaves: "0.0.0.0/1 dev wg0"},
		{name: "a route for the services to a device of its own", own: "10.6.212.3", routes: []string{"eth0 0.0.0.0/0 10.6.0.1 0003", "eth0 10.6.0.0/16 0.0.0.0 0001", "veth0 10.96.0.0/12 0.0.0.0 0001"}, leaves: "10.96.0.0/12 dev veth0"},
		{name: "a route for the Service IP alone", own: "10.6.212.3", routes: []string{"eth0 0.0.0.0/0 10.6.0.1 0003", "eth0 10.96.0.1/32 0.0.0.0 0005"}, leaves: "10.96.0.1/32 dev eth0"},
		{name: "the Service IP is the pod's own address", own: service, routes: []string{"eth0 10.96.0.0/12 0.0.0.0 0001"}, leaves: "10.96.0.0/12 dev eth0"},
		{name: "the pod's range holds it", own: "10.244.1.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.0.0.0/8 0.0.0.0 0001"}, leaves: "10.0.0.0/8 dev eth0", holds: "10.0.0.0/8"},
		{name: "a second interface's range holds it", own: "10.99.0.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.244.1.0/24 0.0.0.0 0001", "net1 10.96.0.0/12 0.0.0.0 0001"}, leaves: "10.96.0.0/12 dev net1", holds: "10.96.0.0/12"},
		{name: "the pod's range holds it, and a longer prefix leads to the gateway", own: "10.244.1.7", routes: []string{"eth0 10.0.0.0/8 0.0.0.0 0001", "eth0 10.96.0.0/12 10.244.1.1 0003"}, leaves: "10.96.0.0/12 via 10.244.1.1 dev eth0"},
		{name: "no route", routes: []string{"eth0 10.244.1.0/24 0.0.0.0 0001"}, leaves: "no route"},
		{name: "a route that rejects", own: "10.244.1.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "* 10.96.0.0/12 0.0.0.0 0201"}, leaves: "a route that rejects"},
		{name: "a route that is down", own: "10.244.1.7", routes: []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.0.0.0/8 0.0.0.0 0000"}, leaves: "default via 10.244.1.1 dev eth0"},
		{name: "no routes at all", leaves: "no route"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			view := routeView{sys: &pod.System{}, routes: pod.ParseRoutes(procRoute(t, tc.routes...))}
			view.own, _ = netip.ParseAddr(tc.own)
			addr := netip.MustParseAddr(service)
			if got := view.to(addr).String(); got != tc.leaves {
				t.Errorf("got %q, want %q", got, tc.leaves)
			}
			got := ""
			if prefix := view.neighbourhood(view.to(addr)); prefix.IsValid() {
				got = prefix.String()
			}
			if got != tc.holds {
				t.Errorf("got %q as the range that holds it, want %q", got, tc.holds)
			}
		})
	}
}

func TestParseRoutes6(t *testing.T) {
	const table = `fd000010024400010000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000010024400010000000000000001 00000400 00000003 00000000 00000003     eth0
fd000010024400010000000000000007 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000004 00000000 80200001       lo
fd000010024400010000000000000000 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 00300001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`
	view := routeView{sys: &pod.System{}, routes: pod.ParseRoutes6(table), own: netip.MustParseAddr("fd00:10:244:1::7")}
	for addr, want := range map[string]string{
		"fd00:10:96::1":       "default via fd00:10:244:1::1 dev eth0",
		"fd00:10:244:1::9":    "fd00:10:244:1::/64 dev eth0",
		"fd00:10:244:1:ff::1": "fd00:10:244:1::/64 dev eth0",
	} {
		if got := view.to(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("%s: got %q, want %q", addr, got, want)
		}
	}
	if got := view.neighbourhood(view.to(netip.MustParseAddr("fd00:10:244:1::9"))).String(); got != "fd00:10:244:1::/64" {
		t.Errorf("got %q, want the pod's range", got)
	}
	alone := routeView{sys: &pod.System{}, routes: pod.ParseRoutes6(table[strings.Index(table, "\nfd")+1:])}
	if got := alone.to(netip.MustParseAddr("fd00:10:96::1")).String(); got != "no route" {
		t.Errorf("got %q, want no route", got)
	}
}

// TestNextHop tests who answers on the link for the API server, or for the
// gateway that leads there.
func TestNextHop(t *testing.T) {
	const arp = "IP address       HW type     Flags       HW address            Mask     Device\n"
	gateway := "10.244.1.1  0x1  0x2  0a:58:0a:f4:01:01  *  eth0\n"
	wide := []string{"eth0 0.0.0.0/0 10.244.1.1 0003", "eth0 10.0.0.0/8 0.0.0.0 0001"}
	for _, tc := range []struct {
		name   string
		routes []string
		arp    string
		who    observe.NextHop
		want   string
	}{
		{"the gateway is there", wide[:1], gateway, observe.HopKnown, "10.244.1.1 at 0a:58:0a:f4:01:01"},
		{"the gateway is gone", wide[:1], "10.244.1.1  0x1  0x0  00:00:00:00:00:00  *  eth0\n", observe.HopSilent, "10.244.1.1, no answer to ARP/NDP"},
		{"nobody has it", wide, gateway + "10.96.0.1  0x1  0x0  00:00:00:00:00:00  *  eth0\n", observe.HopSilent, "10.96.0.1, no answer to ARP/NDP"},
		{"the gateway answers for it", wide, gateway + "10.96.0.1  0x1  0x2  0a:58:0a:f4:01:01  *  eth0\n", observe.HopKnown, "10.96.0.1 at 0a:58:0a:f4:01:01, the gateway"},
		{"another machine has it", wide, gateway + "10.96.0.1  0x1  0x2  0a:58:0a:f4:01:99  *  eth0\n", observe.HopOther, "10.96.0.1 at 0a:58:0a:f4:01:99, not the gateway"},
		{"a machine has it, and the gateway is not known", wide, "10.96.0.1  0x1  0x2  0a:58:0a:f4:01:99  *  eth0\n", observe.HopKnown, "10.96.0.1 at 0a:58:0a:f4:01:99"},
		{"nothing is known", wide, "", "", "10.96.0.1, not known"},
		{"a table of something else", wide, "a b\n1.2.3.4 x y z u v\n10.96.0.1 0x1 no at all eth0 x\n", "", "10.96.0.1, not known"},
		{"no route", nil, gateway, "", "none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := &pod.System{Root: t.TempDir()}
			if err := os.MkdirAll(filepath.Join(sys.Root, "proc/net"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(sys.Root, "proc/net/arp"), []byte(arp+tc.arp), 0o644); err != nil {
				t.Fatal(err)
			}
			view := routeView{sys: &pod.System{}, routes: pod.ParseRoutes(procRoute(t, tc.routes...)), neighbours: pod.Neighbours(sys)}
			who, got := view.nextHop(view.to(netip.MustParseAddr("10.96.0.1")))
			if got != tc.want || who != tc.who {
				t.Errorf("got %s %q, want %s %q", who, got, tc.who, tc.want)
			}
		})
	}
}

func TestOwnAddressWithoutANetwork(t *testing.T) {
	sys := &pod.System{Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("network is unreachable")
	}}
	if got := ownAddress(t.Context(), sys, netip.MustParseAddrPort("10.96.0.1:443")); got.IsValid() {
		t.Errorf("got %s, want none", got)
	}
}

func FuzzParseRoutes(f *testing.F) {
	f.Add(routeHead + "eth0\t00000000\t0101F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
	f.Add("fd000010024400010000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range append(pod.ParseRoutes(text), pod.ParseRoutes6(text)...) {
			if !r.To.IsValid() || r.Device == "" {
				t.Errorf("%q: got %+v", text, r)
			}
			view := routeView{sys: &pod.System{}, routes: []pod.Route{r}, own: r.To.Addr()}
			_ = view.to(r.To.Addr()).String()
			view.nextHop(view.to(r.To.Addr()))
			view.neighbourhood(view.to(r.To.Addr().Next()))
		}
	})
}
