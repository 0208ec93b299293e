package pod

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// socket is one line of /proc/net/tcp, which shows the sockets of all
// containers of the pod, see proc_net_tcp in the kernel's documentation.
type socket struct {
	local, remote netip.AddrPort
	state         string
	retransmits   int
}

const (
	stateEstablished = "01"
	stateListen      = "0A"
)

// Sockets are the TCP sockets of the pod's network.
type Sockets []socket

// ReadSockets reads the TCP sockets of the pod's network, of both families.
func ReadSockets(sys *System) (Sockets, error) {
	data, err := sys.Read("/proc/net/tcp", MaxBundle)
	if err != nil {
		return nil, err
	}
	if six, err := sys.Read("/proc/net/tcp6", MaxBundle); err == nil {
		data = append(data, six...)
	}
	return parseSockets(string(data)), nil
}

func parseSockets(text string) Sockets {
	var all Sockets
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 7 {
			continue
		}
		local, okLocal := procAddress(fields[1])
		remote, okRemote := procAddress(fields[2])
		retransmits, err := strconv.ParseUint(fields[6], 16, 32)
		if okLocal && okRemote && err == nil {
			all = append(all, socket{local, remote, fields[3], int(retransmits)})
		}
	}
	return all
}

// procAddress reads "0100007F:1F90".
func procAddress(text string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(text, ":")
	addr, ok := procAddr(host)
	number, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(addr, uint16(number)), ok && err == nil
}

// procAddr reads "0100007F": words in the byte order of the machine, which is
// little-endian wherever we run.
func procAddr(text string) (netip.Addr, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.Addr{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw)
	return addr.Unmap(), true
}

// Listens says that a socket listens on the port.
func (s Sockets) Listens(port string) bool {
	return slices.ContainsFunc(s, func(t socket) bool {
		return t.state == stateListen && strconv.Itoa(int(t.local.Port())) == port
	})
}

// stuckAfter is how often data is sent again, unanswered, until a connection
// counts as stuck: that is after a second and a half at least.
const stuckAfter = 3

// OpenTo counts the connections to an address, and those among them whose data
// is sent again and again without an answer.
func (s Sockets) OpenTo(address string) (open, stuck int) {
	for _, t := range s {
		if t.state != stateEstablished || t.remote.String() != address {
			continue
		}
		open++
		if t.retransmits >= stuckAfter {
			stuck++
		}
	}
	return open, stuck
}

// AnyTCP says whether this pod has any TCP socket. Reading them one by one takes
// the kernel more than 10 ms, as it goes through those of the whole machine; this
// is the count that it keeps.
func AnyTCP(sys *System) bool {
	four, err := sys.Read("/proc/net/sockstat", MaxConfig)
	six, err6 := sys.Read("/proc/net/sockstat6", MaxConfig)
	if err != nil {
		return true
	}
	return !strings.Contains(string(four), "TCP: inuse 0 ") || err6 == nil && !strings.Contains(string(six), "TCP6: inuse 0\n")
}
