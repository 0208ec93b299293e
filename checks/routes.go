package checks

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// route is one line of /proc/net/route or /proc/net/ipv6_route, which show the
// main table; a pod hardly ever has another.
type route struct {
	to      netip.Prefix
	gateway netip.Addr // not valid on a link
	device  string
	metric  uint64
	rejects bool
}

// Flags of a route, see linux/route.h and linux/ipv6_route.h.
const (
	routeUp     = 0x1
	routeReject = 0x200
	routeLocal  = 0x80100000 // an address of this pod, or anycast
)

func readRoutes(sys *System) ([]route, error) {
	data, err := sys.read("/proc/net/route", maxBundle)
	if err != nil {
		return nil, err
	}
	all := parseRoutes(string(data))
	if six, err := sys.read("/proc/net/ipv6_route", maxBundle); err == nil {
		all = append(all, parseRoutes6(string(six))...)
	}
	return all, nil
}

// parseRoutes reads "Iface Destination Gateway Flags RefCnt Use Metric Mask …".
func parseRoutes(text string) []route {
	var all []route
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
		all = appendRoute(all, route{netip.PrefixFrom(to, bits), gateway, fields[0], metric, false}, flags)
	}
	return all
}

// parseRoutes6 reads "to bits from bits gateway metric refs use flags device".
func parseRoutes6(text string) []route {
	var all []route
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
		all = appendRoute(all, route{prefix, netip.AddrFrom16([16]byte(gateway)), fields[9], metric, false}, flags)
	}
	return all
}

func appendRoute(all []route, r route, flags uint64) []route {
	if flags&routeUp == 0 && flags&routeReject == 0 || flags&routeLocal != 0 {
		return all
	}
	if r.gateway.IsUnspecified() {
		r.gateway = netip.Addr{}
	}
	r.rejects = flags&routeReject != 0
	return append(all, r)
}

// routeTo returns the route that the kernel takes: the longest prefix, and of
// those the smallest metric.
func routeTo(routes []route, addr netip.Addr) (best route, ok bool) {
	bits, metric := -1, uint64(math.MaxUint64)
	for _, r := range routes {
		if !r.to.Contains(addr) || r.to.Bits() < bits || r.to.Bits() == bits && r.metric >= metric {
			continue
		}
		best, bits, metric = r, r.to.Bits(), r.metric
	}
	return best, bits >= 0 && !best.rejects
}

// neighbours returns the hardware addresses of /proc/net/arp by IP address; one
// that is empty belongs to an address that nobody on the link has answered for.
func neighbours(sys *System) map[netip.Addr]string {
	const complete = 0x2
	data, _ := sys.read("/proc/net/arp", maxBundle)
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
