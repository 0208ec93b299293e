package pod

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// askRoute sends RTM_GETROUTE, see rtnetlink(7), which needs no privilege. With
// RTM_F_FIB_MATCH the answer is the entry of the table and not a copy for one address;
// it is there when the question has been sent.
func askRoute(addr netip.Addr) (Route, bool, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return Route{}, false, err
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, routeRequest(addr), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return Route{}, false, err
	}
	buf := make([]byte, 8<<10)
	n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
	if err != nil {
		return Route{}, false, err
	}
	return parseRouteAnswer(buf[:n], addr)
}

func routeRequest(addr netip.Addr) []byte {
	family, raw := byte(unix.AF_INET6), addr.AsSlice()
	if addr.Is4() {
		family = unix.AF_INET
	}
	attribute := unix.SizeofRtAttr + len(raw)
	b := make([]byte, 0, unix.SizeofNlMsghdr+unix.SizeofRtMsg+attribute)
	b = binary.NativeEndian.AppendUint32(b, uint32(cap(b)))
	b = binary.NativeEndian.AppendUint16(b, unix.RTM_GETROUTE)
	b = binary.NativeEndian.AppendUint16(b, unix.NLM_F_REQUEST)
	b = append(b, make([]byte, 8)...) // sequence and port: one question, one answer
	b = append(b, family, byte(addr.BitLen()), 0, 0, 0, 0, 0, 0)
	b = binary.NativeEndian.AppendUint32(b, unix.RTM_F_FIB_MATCH|unix.RTM_F_LOOKUP_TABLE)
	b = binary.NativeEndian.AppendUint16(b, uint16(attribute))
	b = binary.NativeEndian.AppendUint16(b, unix.RTA_DST)
	return append(b, raw...)
}

var errRouteAnswer = errors.New("the kernel's answer is no route")

// parseRouteAnswer reads the one message of an answer. The kernel gives ENETUNREACH
// where there is no route, and other errors for one that rejects.
func parseRouteAnswer(answer []byte, addr netip.Addr) (r Route, found bool, err error) {
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil || len(messages) == 0 {
		return r, false, errRouteAnswer
	}
	m := messages[0]
	if m.Header.Type == unix.NLMSG_ERROR && len(m.Data) >= 4 {
		switch errno := unix.Errno(-int32(binary.NativeEndian.Uint32(m.Data))); errno {
		case unix.ENETUNREACH, unix.ESRCH:
			return r, false, nil
		case unix.EHOSTUNREACH, unix.EACCES:
			return Route{To: netip.PrefixFrom(addr, addr.BitLen()), Rejects: true}, true, nil
		default:
			return r, false, errno
		}
	}
	if m.Header.Type != unix.RTM_NEWROUTE || len(m.Data) < unix.SizeofRtMsg {
		return r, false, errRouteAnswer
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(&m)
	if err != nil {
		return r, false, errRouteAnswer
	}
	r = routeFrom(m.Data, attributes, addr)
	if r.Device == "" && !r.Own && !r.Rejects { // one of several next hops, which the answer lists otherwise
		return r, false, errRouteAnswer
	}
	return r, true, nil
}

// routeFrom reads struct rtmsg and its attributes.
func routeFrom(head []byte, attributes []syscall.NetlinkRouteAttr, addr netip.Addr) Route {
	r := Route{To: netip.PrefixFrom(addr, int(head[1])).Masked(), Table: uint32(head[4])}
	switch head[7] {
	case unix.RTN_LOCAL:
		r.Own = true
	case unix.RTN_BLACKHOLE, unix.RTN_UNREACHABLE, unix.RTN_PROHIBIT, unix.RTN_THROW:
		r.Rejects = true
	}
	for _, a := range attributes {
		switch number := len(a.Value) == 4; {
		case a.Attr.Type == unix.RTA_GATEWAY:
			r.Gateway, _ = netip.AddrFromSlice(a.Value)
		case a.Attr.Type == unix.RTA_OIF && number:
			if device, err := net.InterfaceByIndex(int(binary.NativeEndian.Uint32(a.Value))); err == nil {
				r.Device, r.Tunnel = device.Name, device.Flags&net.FlagPointToPoint != 0
			}
		case a.Attr.Type == unix.RTA_TABLE && number:
			r.Table = binary.NativeEndian.Uint32(a.Value)
		}
	}
	return r
}
