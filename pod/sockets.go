package pod

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// socket is one line of /proc/net/tcp, which shows the sockets of all
// containers of the pod, see proc_net_tcp in the kernel's documentation.
type socket struct {
	local, remote netip.AddrPort
	state         uint8
	retransmits   int
	user          uint32
}

const (
	stateEstablished = 0x01
	stateTimeWait    = 0x06
	stateListen      = 0x0A
)

// Sockets are the TCP sockets of the pod's network.
type Sockets []socket

// maxSockets bounds the memory for a table that has a line for each: a program can have
// as many connections to one address as there are ports.
const maxSockets = 1 << 17

// ReadSockets reads the TCP sockets of the pod's network, of both families.
func ReadSockets(sys *System) (Sockets, error) {
	four, _, err := sys.open("/proc/net/tcp")
	if err != nil {
		return nil, err
	}
	defer four.Close()
	all := parseSockets(four)
	if six, _, err := sys.open("/proc/net/tcp6"); err == nil {
		defer six.Close()
		all = append(all, parseSockets(six)...)
	}
	return all, nil
}

func parseSockets(table io.Reader) Sockets {
	var all Sockets
	for lines := bufio.NewScanner(table); lines.Scan() && len(all) < maxSockets; {
		fields := strings.Fields(lines.Text())
		if len(fields) < 8 {
			continue
		}
		local, okLocal := procAddress(fields[1])
		remote, okRemote := procAddress(fields[2])
		state, errState := strconv.ParseUint(fields[3], 16, 8)
		retransmits, err := strconv.ParseUint(fields[6], 16, 32)
		user, _ := strconv.ParseUint(fields[7], 10, 32)
		if okLocal && okRemote && errState == nil && err == nil {
			all = append(all, socket{local, remote, uint8(state), int(retransmits), uint32(user)})
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

// OpenTo counts the connections to an address, but for our own, and those among them whose
// data is sent again and again without an answer.
func (s Sockets) OpenTo(address string, own net.Conn) (open, stuck int) {
	from := ""
	if own != nil {
		from = own.LocalAddr().String()
	}
	for _, t := range s {
		if t.state != stateEstablished || t.remote.String() != address || t.local.String() == from {
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

// PortsTo counts the local ports from low to high that connections to an address hold,
// and those of them that are closed and wait for late packets (TIME_WAIT, RFC 9293).
func (s Sockets) PortsTo(address string, low, high uint16) (held, waiting int) {
	ports := map[uint16]uint8{}
	for _, t := range s {
		if port := t.local.Port(); t.remote.String() == address && port >= low && port <= high {
			ports[port] = t.state
		}
	}
	for _, state := range ports {
		if state == stateTimeWait {
			waiting++
		}
	}
	return len(ports), waiting
}

// Destination is the other end of connections.
type Destination struct {
	Address              string
	Connections, Waiting int
}

// Destinations lists those of most connections, the most first.
func (s Sockets) Destinations(limit int) []Destination {
	byAddress := map[string]Destination{}
	for _, t := range s {
		if t.state == stateListen || t.remote.Port() == 0 {
			continue
		}
		d := byAddress[t.remote.String()]
		d.Address = t.remote.String()
		d.Connections++
		if t.state == stateTimeWait {
			d.Waiting++
		}
		byAddress[d.Address] = d
	}
	all := slices.SortedFunc(maps.Values(byAddress), func(a, b Destination) int {
		return cmp.Or(b.Connections-a.Connections, strings.Compare(a.Address, b.Address))
	})
	return all[:min(len(all), limit)]
}

// AcceptedFrom finds the other end of a connection in the same network namespace, by the
// address that it comes from: the local port, and the user that owns the socket.
func (s Sockets) AcceptedFrom(from netip.AddrPort) (port uint16, user uint32, ok bool) {
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	for _, t := range s {
		if t.remote == from && t.state == stateEstablished {
			return t.local.Port(), t.user, true
		}
	}
	return 0, 0, false
}
