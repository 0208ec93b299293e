package checks

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

var netProxy = &Check{
	ID:      "net.proxy",
	Title:   "the proxy that applies opens a tunnel to the API server",
	Needs:   []string{"env.service", "env.proxy"},
	Records: []*observe.Row{observe.NetProxy.Row},
	Run:     runNetProxy,
}

func runNetProxy(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.httpProxy == nil {
		return notApplicable("no proxy applies")
	}
	var e observe.Evidence
	e.Add("proxy", "%s", session.httpProxy.Redacted())
	e.Add("target", "%s", net.JoinHostPort(session.Host, session.Port))
	e.Add("direct", "%s", map[bool]string{true: "connects", false: "does not connect"}[session.tcp != nil])
	w := pulse.StartWatch(ctx)
	first := &firstHop{hop: hop{sys, session}}
	conn, err := session.tunnelFrom(ctx, first)
	observe.NetProxy.Saw(log, first.tunnel(ctx, err))
	if err != nil {
		e.Add("answer", "%v", err)
		return fail(e, "%s: %v", session.httpProxy.Redacted(), err)
	}
	session.tunnel = conn
	return pass(e, "%s: tunnel to %s in %s", session.httpProxy.Redacted(), session.Host, observe.FormatDuration(w.Took()))
}

// maxProxyAnswer bounds what is read of a proxy's answer, in bytes.
const maxProxyAnswer = 64 << 10

func (s *Session) dialThroughProxy(ctx context.Context, sys *pod.System) (net.Conn, error) {
	return s.tunnelFrom(ctx, &firstHop{hop: hop{sys, s}})
}

func (s *Session) tunnelFrom(ctx context.Context, via *firstHop) (net.Conn, error) {
	target := net.JoinHostPort(s.Host, s.Port)
	if strings.HasPrefix(s.httpProxy.Scheme, "socks5") {
		dialer, err := proxy.FromURL(s.httpProxy, via)
		if err != nil {
			return nil, err
		}
		conn, err := dialer.(proxy.ContextDialer).DialContext(ctx, "tcp", target)
		return conn, netprobe.RootError(ctx, err)
	}
	conn, err := via.DialContext(ctx, "tcp", proxyAddress(s.httpProxy))
	if err != nil {
		return nil, netprobe.RootError(ctx, err)
	}
	if s.httpProxy.Scheme == "https" {
		secured := tls.Client(conn, &tls.Config{ServerName: s.httpProxy.Hostname()})
		if err := secured.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, netprobe.RootError(ctx, err)
		}
		conn = secured
	}
	if err := openTunnel(ctx, conn, s.httpProxy, target); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func proxyAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// openTunnel asks an HTTP proxy for a tunnel, see RFC 9110, 9.3.6.
func openTunnel(ctx context.Context, conn net.Conn, via *url.URL, target string) error {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: target}, Host: target, Header: http.Header{}}
	if user := via.User; user != nil {
		password, _ := user.Password()
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := request.Write(conn); err != nil {
		return netprobe.RootError(ctx, err)
	}
	reader := bufio.NewReader(io.LimitReader(conn, maxProxyAnswer))
	response, err := http.ReadResponse(reader, request)
	if err != nil {
		return fmt.Errorf("no answer to CONNECT %s: %w", target, netprobe.RootError(ctx, err))
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("CONNECT %s is answered with %s", target, response.Status)
	}
	if reader.Buffered() > 0 {
		return errors.New("the proxy speaks before the tunnel is used")
	}
	return nil
}

const localhost = "localhost"

// hop dials a host by name or address through the pod's own network.
type hop struct {
	sys     *pod.System
	session *Session
}

// Dial implements proxy.Dialer.
func (h hop) Dial(network, address string) (net.Conn, error) {
	return h.DialContext(context.Background(), network, address)
}

// DialContext implements proxy.ContextDialer.
func (h hop) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == localhost {
		host = "127.0.0.1"
	}
	found := h.session.addrsOf(ctx, h.sys, host, new(observe.Evidence))
	if len(found.Addrs) == 0 {
		return nil, fmt.Errorf("%s: no address", host)
	}
	return h.sys.Dial(ctx, network, net.JoinHostPort(found.Addrs[0].String(), port))
}

// firstHop is the hop to the proxy, which knows whether it got there.
type firstHop struct {
	hop
	reached bool
}

// Dial implements proxy.Dialer.
func (h *firstHop) Dial(network, address string) (net.Conn, error) {
	return h.DialContext(context.Background(), network, address)
}

// DialContext implements proxy.ContextDialer.
func (h *firstHop) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := h.hop.DialContext(ctx, network, address)
	h.reached = err == nil
	return conn, err
}

// tunnel says what came of an attempt to open one from here.
func (h *firstHop) tunnel(ctx context.Context, err error) observe.Tunnel {
	switch {
	case err == nil:
		return observe.TunnelOpens
	case !h.reached:
		return observe.TunnelNoProxy
	case ctx.Err() != nil:
		return observe.TunnelSilent
	}
	return observe.TunnelRefused
}
