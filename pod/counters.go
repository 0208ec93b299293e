package pod

import (
	"strconv"
	"strings"
)

// Counters are what the kernel counts in this network namespace, see RFC 4022 and RFC
// 4293.
type Counters struct {
	// Refused are connections that failed before they were open.
	Refused uint64
	// ResetsSent are resets that the kernel itself has sent.
	ResetsSent uint64
	// Unreachable are ICMP messages "destination unreachable" that came in.
	Unreachable uint64
	// Dropped are IPv4 packets that came in for this network namespace and that no
	// protocol got, without a reason among those that the kernel counts: rules drop so.
	Dropped uint64
	// Stray are IPv4 datagrams for a port of which no socket takes them; a connected one
	// takes those of its peer only.
	Stray uint64
}

// Since is what was counted after earlier.
func (c Counters) Since(earlier Counters) Counters {
	return Counters{c.Refused - earlier.Refused, c.ResetsSent - earlier.ResetsSent, c.Unreachable - earlier.Unreachable, c.Dropped - earlier.Dropped, c.Stray - earlier.Stray}
}

// ReadCounters reads /proc/net/snmp and snmp6; ok is false where there is none.
func ReadCounters(sys *System) (c Counters, ok bool) {
	four, err := sys.Read("/proc/net/snmp", MaxConfig)
	if err != nil {
		return c, false
	}
	refused, okRefused := counterOf(string(four), "Tcp:", "AttemptFails")
	resets, okResets := counterOf(string(four), "Tcp:", "OutRsts")
	unreachable, okUnreachable := counterOf(string(four), "Icmp:", "InDestUnreachs")
	six, _ := sys.Read("/proc/net/snmp6", MaxConfig)
	for line := range strings.SplitSeq(string(six), "\n") {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "Icmp6InDestUnreachs" {
			n, _ := strconv.ParseUint(fields[1], 10, 64)
			unreachable += n
		}
	}
	stray, _ := counterOf(string(four), "Udp:", "NoPorts")
	return Counters{refused, resets, unreachable, droppedOf(sys, string(four)), stray}, okRefused && okResets && okUnreachable
}

// otherEnds are what becomes of a packet that is neither delivered nor dropped by a rule.
var otherEnds = []string{"InDelivers", "InHdrErrors", "InAddrErrors", "ForwDatagrams", "InUnknownProtos", "InDiscards", "ReasmReqds"}

// droppedOf reads how many packets came in and are not accounted for, see RFC 4293. The
// filter of reverse paths has a counter of its own, in /proc/net/netstat; so have
// multicasts and broadcasts of the link, which are for other programs, and are dropped
// where nobody has joined their group.
func droppedOf(sys *System, snmp string) uint64 {
	dropped, _ := counterOf(snmp, "Ip:", "InReceives")
	for _, name := range otherEnds {
		n, _ := counterOf(snmp, "Ip:", name)
		dropped -= n
	}
	netstat, _ := sys.Read("/proc/net/netstat", MaxConfig)
	for _, other := range [][2]string{{"TcpExt:", "IPReversePathFilter"}, {"IpExt:", "InMcastPkts"}, {"IpExt:", "InBcastPkts"}} {
		n, _ := counterOf(string(netstat), other[0], other[1])
		dropped -= n
	}
	return dropped
}

// counterOf reads a table of two lines, one of names and one of numbers, that begin
// with the same word.
func counterOf(text, table, name string) (uint64, bool) {
	var names []string
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != table {
			continue
		}
		if names == nil {
			names = fields
			continue
		}
		for i := range min(len(names), len(fields)) {
			if names[i] == name {
				n, err := strconv.ParseUint(fields[i], 10, 64)
				return n, err == nil
			}
		}
	}
	return 0, false
}
