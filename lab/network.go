package lab

import (
	"context"
	"net"
)

// network carries the bytes between a pod and its servers, each of which gets an
// address of its own.
type network interface {
	listen() (net.Listener, error)
	listenPackets() (net.PacketConn, error)
	// dial connects to an address over "tcp" or "udp". With a ctx that has
	// ended it reports the time-out of a real dialer.
	dial(ctx context.Context, proto, address string) (net.Conn, error)
}

// loopback has real sockets on 127.0.0.1.
type loopback struct{}

func (loopback) listen() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }

func (loopback) listenPackets() (net.PacketConn, error) {
	return net.ListenPacket("udp", "127.0.0.1:0")
}

func (loopback) dial(ctx context.Context, proto, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, proto, address)
}
