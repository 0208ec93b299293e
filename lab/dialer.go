package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// closedPort is a port on which nothing listens, on any ordinary machine.
const closedPort = "127.0.0.1:1"

// route is what becomes of a packet for a destination. The zero route is a port
// that refuses.
type route struct {
	server string        // the server that answers, if not empty
	silent bool          // nothing comes back
	denied bool          // the same, as a rule of the pod drops what is sent: a datagram fails with EPERM
	lost   bool          // with silent: answers come, and a rule of the pod drops them
	stray  bool          // with silent: answers come from an address that was not asked
	icmp   bool          // a refusal comes as an ICMP message
	proxy  bool          // a proxy in the pod accepts the connection
	here   bool          // a refusal comes from the pod's own kernel, which redirects connections
	errno  syscall.Errno // what connect reports, if not zero
	after  time.Duration // when a connection succeeds, or fails with errno
	first  bool          // with a server: the first connection gets no answer
	turns  []route       // if not empty, connections take these in turn
	queue  listenQueue   // of the server, if its length is not zero
}

// dialer connects the pod to its servers. It never dials anything but them, and
// never leaves 127.0.0.1.
type dialer struct {
	network network
	socket  syscall.Errno // what socket reports, if not zero
	mu      sync.Mutex
	routes  map[string]route
	rest    route
	servers map[string]string // addresses of network by "tcp NAME" or "udp NAME"
	mute    string            // a UDP socket that nobody reads
	taken   map[string]int    // connections so far to an address
	queues  map[string]*waiting
	counts  *counters // nil where the kernel has its own
}

func newDialer(dir string, p *plan) *dialer {
	return &dialer{counts: newCounters(dir), network: p.network, socket: p.socket, routes: p.routes, rest: p.rest, servers: map[string]string{}, taken: map[string]int{}, queues: map[string]*waiting{}}
}

func (d *dialer) set(to string, r route) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.routes[to] = r
}

func (d *dialer) setServer(name, address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.servers[name] = address
}

// dial is System.Dial.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	proto := strings.TrimRight(network, "46")
	to, err := netip.ParseAddrPort(address)
	if err != nil || proto != "tcp" && proto != "udp" {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.AddrError{Err: "not an IP and port", Addr: address}}
	}
	var peer net.Addr = net.TCPAddrFromAddrPort(to)
	if proto == "udp" {
		peer = net.UDPAddrFromAddrPort(to)
	}
	if d.socket != 0 {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: peer, Err: os.NewSyscallError("socket", d.socket)}
	}
	r, target := d.lookup(proto, to.String())
	switch {
	case (r.silent || r.denied) && proto == "tcp":
		if r.lost {
			if err := d.counts.drop(3); err != nil {
				return nil, err
			}
		}
		<-ctx.Done()
	case r.errno != 0:
		if r.icmp {
			if err := d.counts.count(r); err != nil {
				return nil, err
			}
		}
		if pause(ctx, r.after) {
			return nil, &net.OpError{Op: "dial", Net: network, Addr: peer, Err: os.NewSyscallError("connect", r.errno)}
		}
	case r.queue.length > 0:
		d.queueFor(to.String()).enter(ctx, r.queue)
	case r.after > 0:
		pause(ctx, r.after)
	}
	c, err := d.network.dial(ctx, proto, target)
	if errors.Is(err, syscall.ECONNREFUSED) {
		err = errors.Join(err, d.counts.count(r))
	}
	if err != nil {
		return nil, relabel(err, nil, peer)
	}
	if r.proxy {
		err = d.counts.accept(inPod(c.LocalAddr()))
	}
	if r.denied {
		c = deniedConn{c}
	}
	switch {
	case r.lost:
		c = lostConn{c, d.counts.drop}
	case r.stray:
		c = lostConn{c, d.counts.stray}
	}
	return &conn{c, inPod(c.LocalAddr()), peer}, err
}

// inPod is a local address as the pod would have it.
func inPod(addr net.Addr) net.Addr {
	ip := net.ParseIP(podIP)
	switch addr := addr.(type) {
	case *net.TCPAddr:
		return &net.TCPAddr{IP: ip, Port: addr.Port}
	case *net.UDPAddr:
		return &net.UDPAddr{IP: ip, Port: addr.Port}
	}
	return addr
}

// lookup returns the route to an address, and the address of the server for it.
func (d *dialer) lookup(proto, to string) (route, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, known := d.routes[proto+" "+to]
	if !known {
		r = d.rest
	}
	turn := d.taken[proto+" "+to]
	d.taken[proto+" "+to]++
	if n := len(r.turns); n > 0 {
		r = r.turns[turn%n]
	}
	if r.first && r.server != "" && turn == 0 {
		r = route{silent: true}
	}
	target := closedPort
	if r.silent || r.denied {
		target = d.mute
	}
	if address, running := d.servers[proto+" "+r.server]; running {
		target = address
	}
	return r, target
}

// serveMute opens the UDP socket that nobody reads.
func (pod *Pod) serveMute() error {
	c, err := pod.dialer.network.listenPackets()
	if err != nil {
		return err
	}
	pod.closes = append(pod.closes, func() { c.Close() })
	pod.dialer.mute = c.LocalAddr().String()
	return nil
}

// conn is a connection of the pod to the peer that was dialled.
type conn struct {
	net.Conn
	local, peer net.Addr
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.peer }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, relabel(err, c.local, c.peer)
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, relabel(err, c.local, c.peer)
}

// deniedConn sends nothing: a rule of the pod's own network drops it.
type deniedConn struct{ net.Conn }

func (deniedConn) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "udp", Err: os.NewSyscallError("write", syscall.EPERM)}
}

// lostConn gets answers that never reach it.
type lostConn struct {
	net.Conn
	count func(n int) error
}

func (c lostConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, errors.Join(err, c.count(1))
}

// relabel names the two ends as the pod knows them in an error of the network.
func relabel(err error, local, peer net.Addr) error {
	var op *net.OpError
	if !errors.As(err, &op) {
		return err
	}
	named := *op
	named.Source, named.Addr = local, peer
	return &named
}
