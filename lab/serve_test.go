package lab

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestServe has the servers on sockets of the test's, and a network of the
// test's that leads to them.
func TestServe(t *testing.T) {
	for _, test := range []struct {
		name    string
		setup   Setup
		service string
		want    []string // "id status code"
	}{
		{name: "healthy", service: "10.96.0.1"},
		{name: "many names", service: "10.96.0.1", setup: Setup{MoreNames: 100}},
		{name: "IPv6 service", service: "fd00:10:96::1", setup: Setup{ServiceIP: netip.MustParseAddr("fd00:10:96::1")}},
		{
			name: "fault of a server", service: "10.96.0.1", setup: Setup{Faults: []string{"api.unhealthy"}},
			want: []string{"api.health fail"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			api, packets := listenTCP(t), listenUDP(t)
			streams := listenTCP(t)
			pod, err := Serve(t.TempDir(), Sockets{
				API: []net.Listener{api}, DNSPackets: []net.PacketConn{packets}, DNSStreams: []net.Listener{streams},
			}, test.setup)
			if err != nil {
				t.Fatal(err)
			}
			defer pod.Close()
			pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				to := map[string]net.Addr{
					"tcp " + net.JoinHostPort(test.service, "443"): api.Addr(),
					"udp " + dnsIP + ":53":                         packets.LocalAddr(),
					"tcp " + dnsIP + ":53":                         streams.Addr(),
				}[network+" "+address]
				if to == nil {
					to = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
				}
				return new(net.Dialer).DialContext(ctx, network, to.String())
			}
			var o outcome
			for r := range checks.Run(t.Context(), pod.System, checks.All(), 5*time.Second, nil) {
				o.results = append(o.results, r)
			}
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) || o.of("auth.review").Status == observe.Skip {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
		})
	}
}

func listenTCP(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func listenUDP(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
