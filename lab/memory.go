package lab

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
)

// memory is a network of pipes. It has no sockets, so that a pod can live in a
// bubble of testing/synctest, where time passes only while everybody waits: what
// a verdict owes to time is then the same on every machine.
type memory struct {
	mu      sync.Mutex
	last    int // the port given last
	streams map[string]*pipeListener
	packets map[string]*packetPipes
}

func newMemory() *memory {
	return &memory{streams: map[string]*pipeListener{}, packets: map[string]*packetPipes{}}
}

// port returns an address that nobody has. The caller holds mu.
func (m *memory) port() net.TCPAddr {
	m.last++
	return net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1023 + m.last}
}

func (m *memory) listen() (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.port()
	l := &pipeListener{at: &at, arriving: make(chan net.Conn, 128), closed: make(chan struct{})}
	m.streams[at.String()] = l
	return l, nil
}

func (m *memory) listenPackets() (net.PacketConn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := net.UDPAddr(m.port())
	c := &packetPipes{at: &at, inbox: make(chan datagram, 128), closed: make(chan struct{})}
	m.packets[at.String()] = c
	return c, nil
}

func (m *memory) dial(ctx context.Context, proto, address string) (net.Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := m.port()
	switch l, c := m.streams[address], m.packets[address]; {
	case ctx.Err() != nil:
		return nil, &net.OpError{Op: "dial", Net: proto, Err: asTimeout(ctx.Err())}
	case proto == "tcp" && l != nil && l.isOpen():
		near, far := pipe()
		l.arriving <- &pipeEnd{far, l.at, &from}
		return &pipeEnd{near, &from, l.at}, nil
	case proto == "udp" && c != nil:
		at := net.UDPAddr(from)
		return &pipeEnd{c.connect(&at), &at, c.at}, nil
	case proto == "udp":
		at := net.UDPAddr(from)
		return closedUDPPort{&pipeEnd{nil, &at, &at}}, nil
	}
	return nil, &net.OpError{Op: "dial", Net: proto, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// asTimeout is what a dialer makes of the end of its context.
func asTimeout(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return os.ErrDeadlineExceeded
	}
	return err
}

// pipe is a connection that buffers what is under way, as sockets do.
func pipe() (near, far net.Conn) {
	near, nearInside := net.Pipe()
	far, farInside := net.Pipe()
	go relay(farInside, nearInside)
	go relay(nearInside, farInside)
	return near, far
}

func relay(to io.WriteCloser, from io.Reader) {
	underWay := make(chan []byte, 1024)
	go func() {
		for data := range underWay {
			to.Write(data)
		}
		to.Close()
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			underWay <- slices.Clone(buf[:n])
		}
		if err != nil {
			close(underWay)
			return
		}
	}
}

type pipeListener struct {
	at       *net.TCPAddr
	arriving chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func (l *pipeListener) Addr() net.Addr { return l.at }

func (l *pipeListener) isOpen() bool {
	select {
	case <-l.closed:
		return false
	default:
		return true
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	case c := <-l.arriving:
		return c, nil
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	for {
		select {
		case c := <-l.arriving:
			c.Close()
		default:
			return nil
		}
	}
}

// pipeEnd is one end of a pipe that looks like a socket.
type pipeEnd struct {
	net.Conn
	local, remote net.Addr
}

func (c *pipeEnd) LocalAddr() net.Addr  { return c.local }
func (c *pipeEnd) RemoteAddr() net.Addr { return c.remote }

func (c *pipeEnd) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, asSocket("read", err, net.ErrClosed)
}

func (c *pipeEnd) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, asSocket("write", err, os.NewSyscallError("write", syscall.EPIPE))
}

// asSocket is the error that a socket gives where a pipe gives err.
func asSocket(op string, err, closed error) error {
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(err, io.ErrClosedPipe):
		err = closed
	}
	return &net.OpError{Op: op, Net: "tcp", Err: err}
}
