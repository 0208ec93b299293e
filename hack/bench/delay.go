package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab"
)

// roundTrips returns how many round trips to the API server a healthy run takes
// one after the other: by how many delays a run is longer with the API server
// of a simulated pod that far away.
func roundTrips(delay time.Duration) (float64, error) {
	near, err := fastestRun(0)
	if err != nil {
		return 0, err
	}
	far, err := fastestRun(delay)
	if err != nil {
		return 0, err
	}
	return float64(far-near) / float64(delay), nil
}

// fastestRun is of several: a busy machine makes runs slower, never faster.
func fastestRun(delay time.Duration) (time.Duration, error) {
	fastest := time.Duration(math.MaxInt64)
	for range 5 {
		took, err := healthyRun(delay)
		if err != nil {
			return 0, err
		}
		fastest = min(fastest, took)
	}
	return fastest, nil
}

// healthyRun runs every check in a simulated pod whose API server is delay away.
func healthyRun(delay time.Duration) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	pod, err := lab.Start(dir)
	if err != nil {
		return 0, err
	}
	defer pod.Close()
	direct := pod.System.Dial
	pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if delay == 0 || !strings.HasPrefix(network, "tcp") || strings.HasSuffix(address, ":53") {
			return direct(ctx, network, address)
		}
		return dialFar(ctx, direct, network, address, delay)
	}
	start := time.Now()
	for r := range checks.Run(context.Background(), pod.System, checks.All(), 5*time.Second) {
		if r.Status == checks.Fail {
			return 0, fmt.Errorf("the simulated pod is not healthy: %s: %s", r.ID, r.Summary)
		}
	}
	return time.Since(start), nil
}

// dialFar connects through a relay on loopback that holds back every byte from
// the server for the delay, as it does the connection itself.
func dialFar(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error),
	network, address string, delay time.Duration) (net.Conn, error) {
	server, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		server.Close()
		return nil, err
	}
	defer listener.Close()
	client, err := new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		server.Close()
		return nil, err
	}
	relay, err := listener.Accept()
	if err != nil {
		server.Close()
		client.Close()
		return nil, err
	}
	go func() {
		io.Copy(server, relay)
		server.Close()
	}()
	go holdBack(relay, server, delay)
	time.Sleep(delay)
	return farConn{client, server.RemoteAddr()}, nil
}

// farConn is a connection that names the server as its peer, not the relay.
type farConn struct {
	net.Conn
	peer net.Addr
}

func (c farConn) RemoteAddr() net.Addr { return c.peer }

// holdBack copies what the server sends, each piece when its delay is over;
// pieces are under way together, as on a long line.
func holdBack(to io.WriteCloser, from io.Reader, delay time.Duration) {
	defer to.Close()
	type piece struct {
		due  time.Time
		data []byte
	}
	line := make(chan piece, 1024)
	go func() {
		defer close(line)
		for {
			buffer := make([]byte, 32<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				line <- piece{time.Now().Add(delay), buffer[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range line {
		time.Sleep(time.Until(p.due))
		to.Write(p.data) // the checks may be gone; the line is drained all the same
	}
}
