package lab

import (
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// packetPipes is a UDP socket of memory's. What does not fit into a buffer is
// lost, as with UDP.
type packetPipes struct {
	at     *net.UDPAddr
	inbox  chan datagram
	closed chan struct{}
	once   sync.Once
}

type datagram struct {
	data []byte
	from *packetSender
}

// packetSender is the address of a client, and where answers to it go.
type packetSender struct {
	*net.UDPAddr
	answers chan []byte
}

// connect returns the client's end of a connected UDP socket. Every write to it
// is one datagram.
func (c *packetPipes) connect(at *net.UDPAddr) net.Conn {
	near, inside := net.Pipe()
	from, gone := &packetSender{at, make(chan []byte, 128)}, make(chan struct{})
	go func() {
		defer close(gone)
		buf := make([]byte, 64<<10)
		for {
			n, err := inside.Read(buf)
			if err != nil {
				return
			}
			select {
			case c.inbox <- datagram{slices.Clone(buf[:n]), from}:
			default:
			}
		}
	}()
	go func() {
		for {
			select {
			case data := <-from.answers:
				inside.Write(data)
			case <-gone:
				return
			}
		}
	}()
	return near
}

func (c *packetPipes) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case <-c.closed:
		return 0, nil, net.ErrClosed
	case d := <-c.inbox:
		return copy(b, d.data), d.from, nil
	}
}

func (c *packetPipes) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case to.(*packetSender).answers <- slices.Clone(b):
	default:
	}
	return len(b), nil
}

func (c *packetPipes) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

func (c *packetPipes) LocalAddr() net.Addr              { return c.at }
func (c *packetPipes) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (c *packetPipes) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (c *packetPipes) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// closedUDPPort is a connected UDP socket to a port that nobody listens at.
type closedUDPPort struct{ *pipeEnd }

func (closedUDPPort) Write(b []byte) (int, error)     { return len(b), nil }
func (closedUDPPort) Close() error                    { return nil }
func (closedUDPPort) SetDeadline(time.Time) error     { return nil }
func (closedUDPPort) SetReadDeadline(time.Time) error { return nil }

func (closedUDPPort) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "udp", Err: os.NewSyscallError("read", syscall.ECONNREFUSED)}
}
