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
// main table; a pod hardly ever has another.
type Route struct {
	To      netip.Prefix
	Gateway netip.Addr // not valid on a link
	Device  string
	metric  uint64
	rejects bool
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
		all = appendRoute(all, Route{netip.PrefixFrom(to, bits), gateway, fields[0], metric, false}, flags)
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
		all = appendRoute(all, Route{prefix, netip.AddrFrom16([16]byte(gateway)), fields[9], metric, false}, flags)
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
	r.rejects = flags&routeReject != 0
	return append(all, r)
}

// RouteTo returns the route that the kernel takes: the longest prefix, and of
// those the smallest metric.
func RouteTo(routes []Route, addr netip.Addr) (best Route, ok bool) {
	bits, metric := -1, uint64(math.MaxUint64)
	for _, r := range routes {
		if !r.To.Contains(addr) || r.To.Bits() < bits || r.To.Bits() == bits && r.metric >= metric {
			continue
		}
		best, bits, metric = r, r.To.Bits(), r.metric
	}
	return best, bits >= 0 && !best.rejects
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
