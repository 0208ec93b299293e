package checks

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

type sockets []socket

func readSockets(sys *System) (sockets, error) {
	data, err := sys.read("/proc/net/tcp", maxBundle)
	if err != nil {
		return nil, err
	}
	if six, err := sys.read("/proc/net/tcp6", maxBundle); err == nil {
		data = append(data, six...)
	}
	return parseSockets(string(data)), nil
}

func parseSockets(text string) sockets {
	var all sockets
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

func (s sockets) listens(port string) bool {
	return slices.ContainsFunc(s, func(t socket) bool {
		return t.state == stateListen && strconv.Itoa(int(t.local.Port())) == port
	})
}

// stuckTo counts the connections to an address whose data is sent again and
// again without an answer.
func (s sockets) stuckTo(address string) int {
	n := 0
	for _, t := range s {
		if t.state == stateEstablished && t.retransmits > 1 && t.remote.String() == address {
			n++
		}
	}
	return n
}
