package checks

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeRoute = &Check{
	ID:    "probe.route",
	Title: "by which route packets to the API server and the nameserver leave this pod",
	Probe: true,
	Records: []*observe.Row{
		observe.NetRoute.Row, observe.NetRouteIs.Row, observe.NetNextHop.Row, observe.NetNextHopIs.Row, observe.NetRange.Row, observe.ServiceInRange.Row, observe.ServerInRange.Row, observe.PodIP.Row,
	},
	Run: runProbeRoute,
}

// runProbeRoute does not wait longer than other probes for the kernel: while it sets up the
// network of other pods, a question for a route takes seconds, which nothing can interrupt.
func runProbeRoute(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	told := make(chan Outcome, 1)
	go panics.Guarded(ctx, func() { told <- lookUpRoutes(ctx, sys, session, log) })()
	select {
	case out := <-told:
		return out
	case <-ctx.Done():
		return notApplicable("the kernel did not say which routes it takes: %v", context.Cause(ctx))
	}
}

// lookUpRoutes sends nothing: the kernel's tables say it all.
func lookUpRoutes(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	routes, err := pod.ReadRoutes(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	if !session.apiPeer.IsValid() {
		return notApplicable("%s has no address", session.Host)
	}
	select { // other probes find out meanwhile who the gateway is
	case <-time.After(headStart):
	case <-ctx.Done():
	}
	api := session.apiPeer.Unmap()
	view := routeView{sys, routes, pod.Neighbours(sys), ownAddress(ctx, sys, netip.AddrPortFrom(api, 443))}
	var e observe.Evidence
	egress := view.to(api)
	e.Add(api.String(), "%s", egress)
	observe.NetRoute.Saw(log, view.kindOf(egress))
	if egress.found {
		observe.NetRouteIs.Saw(log, egress.String())
	}
	if view.own.IsValid() {
		e.Add("own address", "%s", view.own)
		observe.PodIP.Saw(log, view.own.String())
	}
	if api == session.kubeletHost.Unmap() {
		prefix := view.neighbourhood(egress)
		observe.ServiceInRange.Saw(log, prefix.IsValid())
		if prefix.IsValid() {
			e.Add("Service IP in the pod's own range", "%s", prefix)
			observe.NetRange.Saw(log, prefix.String())
		}
	}
	who, hop := view.nextHop(egress)
	e.Add("next hop", "%s", hop)
	if who != "" {
		observe.NetNextHop.Saw(log, who)
		observe.NetNextHopIs.Saw(log, hop)
	}
	for _, endpoint := range sys.Endpoints {
		addr := endpoint.Addr().Unmap()
		egress := view.to(addr)
		e.Add(addr.String(), "%s", egress)
		prefix := view.neighbourhood(egress)
		observe.ServerInRange.SawAt(log, addr.String(), prefix.IsValid())
		if prefix.IsValid() {
			e.Add("API server in the pod's own range", "%s", prefix)
			observe.NetRange.Saw(log, prefix.String())
		}
	}
	conf, _ := pod.ReadResolvConf(sys)
	for _, server := range conf.Nameservers[:min(len(conf.Nameservers), pod.MaxNameservers)] {
		e.Add(server.String(), "%s", view.to(server.Unmap()))
	}
	return pass(e, "%s %s; next hop: %s", api, egress, hop)
}

// routeView is what the kernel knows of the routes out of the pod.
type routeView struct {
	sys        *pod.System
	routes     []pod.Route
	neighbours map[netip.Addr]string
	own        netip.Addr // the address that packets to the API server come from
}

// podDevice is the interface of a pod's first network: containerd and CRI-O know no other
// name for it.
const podDevice = "eth0"

// foreignDevices are the beginnings of names that VPN clients and Docker give to theirs.
// A network plugin may give a pod a second interface for Service IPs, which is none.
var foreignDevices = []string{"tun", "wg", "tailscale", "docker", "br-"}

// egress is how packets for an address leave.
type egress struct {
	pod.Route
	addr  netip.Addr
	found bool // there is a route
}

func (v routeView) to(addr netip.Addr) egress {
	r, found := v.sys.RouteTo(v.routes, addr)
	return egress{r, addr, found}
}

func (w egress) String() string {
	if !w.found {
		return "no route"
	}
	return w.Route.String()
}

func (v routeView) kindOf(w egress) observe.Route {
	inPod := w.found && isPods(v.sys)
	switch {
	case inPod && w.Own:
		return observe.OwnAddress
	case inPod && w.Rejects:
		return observe.RejectRoute
	case inPod && w.Device != podDevice && (w.Tunnel || w.OwnTable() || hasPrefix(w.Device, foreignDevices)):
		return observe.OtherDevice
	case !w.found, w.Rejects:
		return observe.NoRouteSet
	case w.Gateway.IsValid():
		return observe.ByGateway
	}
	return observe.OnLink
}

// widest is the shortest prefix that is a range of its own: shorter ones stand
// for a default route, as VPNs set them.
const widest = 8

// neighbourhood is the range on a link that holds the address and this pod's
// own: the kernel takes the address for a neighbour's. Routes of pod networks
// that lead to a device without being a range of the pod's are none.
func (v routeView) neighbourhood(w egress) netip.Prefix {
	if !w.found || w.Own || w.Rejects || w.Gateway.IsValid() || w.To.Bits() < widest || w.To.IsSingleIP() || !w.To.Contains(v.own) || w.addr == v.own {
		return netip.Prefix{}
	}
	return w.To
}

// nextHop says who on the link answers for the address, or for the gateway that
// leads there, "" where the kernel has not looked for it or there is no route.
func (v routeView) nextHop(w egress) (observe.NextHop, string) {
	if !w.found || w.Own || w.Rejects {
		return "", "none"
	}
	hop := w.addr
	if w.Gateway.IsValid() {
		hop = w.Gateway
	}
	hardware, known := v.neighbours[hop]
	switch {
	case !known:
		return "", hop.String() + ", not known"
	case hardware == "":
		return observe.HopSilent, hop.String() + ", no answer to ARP/NDP"
	}
	who, text := observe.HopKnown, hop.String()+" at "+hardware
	for _, other := range v.routes {
		if other.Gateway.IsValid() && other.Gateway != hop && other.Device == w.Device && v.neighbours[other.Gateway] != "" {
			if v.neighbours[other.Gateway] == hardware {
				return observe.HopKnown, text + ", the gateway"
			}
			who = observe.HopOther
		}
	}
	if who == observe.HopOther {
		text += ", not the gateway"
	}
	return who, text
}

// ownAddress asks the kernel which address it would send from; a UDP socket
// that is only connected sends nothing.
func ownAddress(ctx context.Context, sys *pod.System, to netip.AddrPort) netip.Addr {
	conn, err := sys.Dial(ctx, "udp", to.String())
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	if local, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		addr, _ := netip.AddrFromSlice(local.IP)
		return addr.Unmap()
	}
	return netip.Addr{}
}
