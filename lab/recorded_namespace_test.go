package lab

import (
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// asked has the kernel give the route for every address.
func asked(r pod.Route) func(*Pod) error {
	return func(p *Pod) error {
		p.System.AskRoute = func(netip.Addr) (pod.Route, bool, error) { return r, true, nil }
		return nil
	}
}

// busyKernel says nothing of routes for longer than a probe may take.
func busyKernel(p *Pod) error {
	p.System.AskRoute = func(netip.Addr) (pod.Route, bool, error) {
		time.Sleep(10 * time.Second)
		return pod.Route{}, false, nil
	}
	return nil
}

// TestRecordedOfTheNamespace has what programs of the pod do to its network, and what the
// probes record of it; "" was not observed.
func TestRecordedOfTheNamespace(t *testing.T) {
	t.Parallel()
	type seen map[*observe.Row]string
	services := netip.MustParsePrefix("10.96.0.0/12")
	silent := apiBy(route{silent: true})
	onNode := func(p *plan) {
		silent(p)
		p.proc["net/dev"] = nodeDevices
	}
	for _, test := range []struct {
		name  string
		world world
		want  seen
	}{
		{"a tunnel's route in the main table", world{change: faultOf("net.pod-routes")}, seen{observe.NetRoute.Row: "other-device", observe.NetRouteIs.Row: "10.0.0.0/8 dev tun0", observe.NetSend.Row: "sent"}},
		{"the kernel is busy with other pods", world{change: silent, after: busyKernel}, seen{observe.NetRoute.Row: "", observe.NetNextHop.Row: "", observe.Broken.Row: ""}},
		{"a route in a table of its own", world{change: silent, after: asked(pod.Route{To: services, Device: "net1", Table: 52})}, seen{observe.NetRoute.Row: "other-device", observe.NetRouteIs.Row: "10.96.0.0/12 dev net1 table 52"}},
		{"a device without link layer", world{change: silent, after: asked(pod.Route{To: services, Device: "nordlynx", Table: 254, Tunnel: true})}, seen{observe.NetRoute.Row: "other-device"}},
		{"a bridge of Docker's", world{change: silent, after: asked(pod.Route{To: services, Device: "br-0a1b", Table: 254})}, seen{observe.NetRoute.Row: "other-device"}},
		{"a network plugin's second interface", world{change: silent, after: asked(pod.Route{To: services, Device: "veth0", Table: 254})}, seen{observe.NetRoute.Row: "link"}},
		{"an address of the pod's own", world{change: silent, after: asked(pod.Route{To: services, Device: "br-0a1b", Own: true, Table: 255})}, seen{observe.NetRoute.Row: "own-address", observe.NetRouteIs.Row: "local dev br-0a1b", observe.NetNextHop.Row: ""}},
		{"a route that rejects", world{change: silent, after: asked(pod.Route{To: services, Rejects: true})}, seen{observe.NetRoute.Row: "rejects"}},
		{"an address of the node's own, as kube-proxy sets it in IPVS mode", world{change: onNode, after: asked(pod.Route{To: services, Device: "kube-ipvs0", Own: true, Table: 255})}, seen{observe.NetRoute.Row: "link", observe.NetSend.Row: "", observe.HostNetwork.Row: "yes"}},
		{"Docker in the pod", world{change: func(p *plan) {
			silent(p)
			p.proc["net/dev"] = podDevices + "docker0: 0 0\nveth12ab: 0 0\n"
		}}, seen{observe.HostNetwork.Row: "no"}},
		{"a rule that drops", world{change: faultOf("net.pod-firewall")}, seen{observe.NetSend.Row: "denied", observe.DNSSend.Row: dnsIP + ":53 denied", observe.APITCP.Row: "silent", observe.DNSUDP.Row: dnsIP + ":53 denied"}},
		{"no socket is given", world{change: faultOf("net.socket-denied")}, seen{
			observe.APITCP.Row: "no-socket", observe.DNSUDP.Row: dnsIP + ":53 no-socket", observe.Unassigned.Row: "no-socket", observe.NetSend.Row: "", observe.SidecarAnswer.Row: "",
		}},
		{"the kernel forbids a socket", world{change: func(p *plan) { p.socket = syscall.EPERM }}, seen{observe.APITCP.Row: "no-socket"}},
		{"every port is held", world{change: faultOf("net.ports-exhausted")}, seen{observe.APITCP.Row: "no-port", observe.PortsHeld.Row: "16/16", observe.PortsFull.Row: "yes", observe.PortsWaiting.Row: "0/16"}},
		{"every port waits", world{change: func(p *plan) {
			faultOf("net.ports-exhausted")(p)
			p.sockets = connectionsToAPI(61000, 15, "06")
		}}, seen{observe.PortsHeld.Row: "15/16", observe.PortsFull.Row: "yes", observe.PortsWaiting.Row: "15/15"}},
		{"half of the ports are held", world{change: func(p *plan) {
			faultOf("net.ports-exhausted")(p)
			p.sockets = connectionsToAPI(61008, 16, "01")
		}}, seen{observe.PortsHeld.Row: "8/16", observe.PortsFull.Row: "no"}},
		{"no file descriptor is left", world{change: apiBy(route{errno: syscall.EMFILE})}, seen{observe.APITCP.Row: "no-resource"}},
		{"no buffer is left", world{change: apiBy(route{errno: syscall.ENOBUFS})}, seen{observe.APITCP.Row: "no-resource"}},
		{"a refusal by ICMP", world{change: faultOf("net.no-endpoints")}, seen{observe.RefusedBy.Row: "icmp"}},
		{"EPERM of connect()", world{change: apiBy(route{errno: syscall.EPERM})}, seen{observe.RefusedBy.Row: "no-packet"}},
		{"EHOSTUNREACH of connect()", world{change: apiBy(route{errno: syscall.EHOSTUNREACH})}, seen{observe.RefusedBy.Row: "no-packet"}},
		{"EHOSTUNREACH by ICMP", world{change: faultOf("net.host-prohibited")}, seen{observe.RefusedBy.Row: "icmp"}},
		{"answers of the API dropped here", world{change: apiBy(route{silent: true, lost: true})}, seen{observe.NetDropped.Row: "yes"}},
		{"answers of the nameserver dropped here", world{change: func(p *plan) { p.toDNS(route{silent: true, lost: true}) }}, seen{observe.NetDropped.Row: "yes"}},
		{"answers of the nameserver from another address", world{change: faultOf("net.reply-untranslated")}, seen{observe.DNSStray.Row: "yes", observe.NetDropped.Row: ""}},
		{"no answer of the nameserver", world{change: faultOf("dns.silent")}, seen{observe.DNSStray.Row: "", observe.NetDropped.Row: ""}},
		{"no answer of the API", world{change: apiBy(route{silent: true})}, seen{observe.NetDropped.Row: ""}},
		{"a refusal by a reset", world{change: faultOf("net.api-down")}, seen{observe.RefusedBy.Row: "reset"}},
		{"a large ClientHello is dropped", world{change: faultOf("tls.large-hello")}, seen{observe.TLSHandshake.Row: "silent", observe.HelloSizes.Row: "small", observe.SegmentSmall.Row: "silent"}},
		{"every ClientHello is dropped", world{change: faultOf("net.handshake-stalled")}, seen{observe.HelloSizes.Row: "none"}},
		{"no version in common", world{change: faultOf("tls.no-common-version")}, seen{observe.HelloSizes.Row: "any"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.world.every = true
			o := test.world.look(t)
			for subject, want := range test.want {
				if got := o.recorded(subject); got != want {
					t.Errorf("%s: got %q, want %q%s", subject.ID, got, want, o)
				}
			}
		})
	}
}
