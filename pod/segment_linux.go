package pod

import (
	"context"
	"net"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"golang.org/x/sys/unix"
)

// limitSegment sets TCP_MAXSEG, see tcp(7), where the context asks for it: the
// peer then sends no larger segment either.
func limitSegment(ctx context.Context, _, _ string, raw syscall.RawConn) error {
	size, ok := ctx.Value(segmentKey{}).(int)
	if !ok {
		return nil
	}
	var errSet error
	if err := raw.Control(func(fd uintptr) {
		errSet = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, size)
	}); err != nil {
		return err
	}
	return errSet
}

// TCPState reads TCP_INFO, see tcp(7), of a connection to the pod's network.
func TCPState(conn net.Conn) (observe.Evidence, bool) {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return nil, false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil, false
	}
	var info *unix.TCPInfo
	if raw.Control(func(fd uintptr) {
		info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	}) != nil || err != nil {
		return nil, false
	}
	var e observe.Evidence
	e.Add("retransmits", "%d", info.Total_retrans)
	e.Add("unacked", "%d", info.Unacked)
	e.Add("bytes acked", "%d", info.Bytes_acked)
	e.Add("bytes received", "%d", info.Bytes_received)
	return e, true
}
