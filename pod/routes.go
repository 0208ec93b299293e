package pod

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// Route is one line of /proc/net/route or /proc/net/ipv6_route, which show the
// main table, or what the kernel answers when it is asked for an address.
type Route struct {
	To      netip.Prefix
	Gateway netip.Addr // not valid on a link
	Device  string
	Table   uint32 // 0 where it was not asked for
	Own     bool   // the address is one of this network namespace
	Rejects bool   // it is there to refuse: unreachable, prohibit or blackhole
	Tunnel  bool   // the device has no link layer, as those of VPNs (IFF_POINTOPOINT)
	metric  uint64
}

// Routing tables that every namespace has, see ip-route(8); /proc/net/route shows main.
const (
	defaultTable = 253
	mainTable    = 254
	localTable   = 255
)

// OwnTable says that somebody has made a routing table for it.
func (r Route) OwnTable() bool {
	return r.Table != 0 && (r.Table < defaultTable || r.Table > localTable)
}

// String is the route as ip route prints it.
func (r Route) String() string {
	switch {
	case r.Own:
		return "local dev " + r.Device
	case r.Rejects:
		return "a route that rejects"
	}
	text := r.To.String()
	if r.To.Bits() == 0 {
		text = "default"
	}
	if r.Gateway.IsValid() {
		text += " via " + r.Gateway.String()
	}
	text += " dev " + r.Device
	if r.OwnTable() {
		text += " table " + strconv.FormatUint(uint64(r.Table), 10)
	}
	return text
}

// Flags of a route, see linux/route.h and linux/ipv6_route.h.
const (
	routeUp     = 0x1
	routeReject = 0x200
	routeLocal  = 0x80100000 // an address of this pod, or anycast
)

// ReadRoutes reads the routes of the pod's network, of both families.
func ReadRoutes(sys *System) ([]Route, error) {
	data, err := sys.Read("/proc/net/route", MaxBundle)
	if err != nil {
		return nil, err
	}
	all := ParseRoutes(string(data))
	if six, err := sys.Read("/proc/net/ipv6_route", MaxBundle); err == nil {
		all = append(all, ParseRoutes6(string(six))...)
	}
	return all, nil
}

// ParseRoutes reads "Iface Destination Gateway Flags RefCnt Use Metric Mask …".
func ParseRoutes(text string) []Route {
	var all []Route
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 8 {
			continue
		}
		to, ok := procAddr(fields[1])
		gateway, okGateway := procAddr(fields[2])
		flags, err := strconv.ParseUint(fields[3], 16, 32)
		metric, errMetric := strconv.ParseUint(fields[6], 10, 32)
		mask, okMask := procAddr(fields[7])
		if !ok || !okGateway || !okMask || err != nil || errMetric != nil || !to.Is4() || !mask.Is4() {
			continue
		}
		bits := 0
		for m := binary.BigEndian.Uint32(mask.AsSlice()); m&(1<<31) != 0; m <<= 1 {
			bits++
		}
		all = appendRoute(all, Route{To: netip.PrefixFrom(to, bits), Gateway: gateway, Device: fields[0], metric: metric}, flags)
	}
	return all
}

// ParseRoutes6 reads "to bits from bits gateway metric refs use flags device".
func ParseRoutes6(text string) []Route {
	var all []Route
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 10 {
			continue
		}
		to, err := hex.DecodeString(fields[0])
		bits, errBits := strconv.ParseUint(fields[1], 16, 8)
		gateway, errGateway := hex.DecodeString(fields[4])
		metric, errMetric := strconv.ParseUint(fields[5], 16, 32)
		flags, errFlags := strconv.ParseUint(fields[8], 16, 32)
		if err != nil || errBits != nil || errGateway != nil || errMetric != nil || errFlags != nil || len(to) != 16 || len(gateway) != 16 || bits > 128 {
			continue
		}
		prefix := netip.PrefixFrom(netip.AddrFrom16([16]byte(to)), int(bits))
		all = appendRoute(all, Route{To: prefix, Gateway: netip.AddrFrom16([16]byte(gateway)), Device: fields[9], metric: metric}, flags)
	}
	return all
}

func appendRoute(all []Route, r Route, flags uint64) []Route {
	if flags&routeUp == 0 && flags&routeReject == 0 || flags&routeLocal != 0 {
		return all
	}
	if r.Gateway.IsUnspecified() {
		r.Gateway = netip.Addr{}
	}
	r.Rejects = flags&routeReject != 0 || r.Device == "*" // a black hole has no device
	if r.Rejects && r.To.Bits() == 0 {                    // what IPv6 has where there is no default route
		return all
	}
	return append(all, r)
}

// RouteTo returns the route that the kernel takes for the address, by its own word or
// else by the main table.
func (s *System) RouteTo(routes []Route, addr netip.Addr) (r Route, ok bool) {
	if s.AskRoute != nil {
		if r, ok, err := s.AskRoute(addr); err == nil {
			return r, ok
		}
	}
	return routeOf(routes, addr)
}

// routeOf returns the longest prefix, and of those the smallest metric.
func routeOf(routes []Route, addr netip.Addr) (best Route, ok bool) {
	bits, metric := -1, uint64(math.MaxUint64)
	for _, r := range routes {
		if !r.To.Contains(addr) || r.To.Bits() < bits || r.To.Bits() == bits && r.metric >= metric {
			continue
		}
		best, bits, metric = r, r.To.Bits(), r.metric
	}
	return best, bits >= 0
}

// Neighbours returns the hardware addresses of /proc/net/arp by IP address; one
// that is empty belongs to an address that nobody on the link has answered for.
func Neighbours(sys *System) map[netip.Addr]string {
	const complete = 0x2
	data, _ := sys.Read("/proc/net/arp", MaxBundle)
	found := map[netip.Addr]string{}
	for line := range strings.SplitSeq(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 6 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		flags, errFlags := strconv.ParseUint(fields[2], 0, 32)
		switch {
		case err != nil || errFlags != nil:
		case flags&complete == 0:
			found[addr] = ""
		default:
			found[addr] = fields[3]
		}
	}
	return found
}
