package redact

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/pod"
)

var errHoldsToken = errors.New("not sent: it holds a part of this pod's token")

// Guard returns the pod with connections that carry no part of the
// token in the clear, whatever a variable or a file has made of a name that is
// asked for or of a header. What TLS has encrypted passes.
func Guard(sys *pod.System, token Secret) *pod.System {
	if !strings.Contains(token.Text(), "eyJ") { // no JWT but any text, which may be of names that are asked for
		return sys
	}
	guarded := *sys
	guarded.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := sys.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &guardedConn{conn, token}, nil
	}
	return &guarded
}

type guardedConn struct {
	net.Conn
	token Secret
}

// Write implements net.Conn.
func (c *guardedConn) Write(b []byte) (int, error) {
	if text := string(b); c.token.redact(text) != text {
		return 0, errHoldsToken
	}
	return c.Conn.Write(b)
}

// SyscallConn implements syscall.Conn.
func (c *guardedConn) SyscallConn() (syscall.RawConn, error) {
	if socket, ok := c.Conn.(syscall.Conn); ok {
		return socket.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
