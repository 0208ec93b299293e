package lab

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestConnectionThatIdled has a load balancer that gives up on a connection
// after a second without a byte, while another check waits for an address that
// is silent.
func TestConnectionThatIdled(t *testing.T) {
	t.Parallel()
	o := world{
		limit:  2 * time.Second,
		change: func(p *plan) { hostAt(p, "api.shop.example", "198.51.100.3") },
		after: func(pod *Pod) error {
			pod.dialer.set("tcp "+apiAddress, route{silent: true})
			pod.dialer.set("tcp 198.51.100.3:443", route{server: "impatient"})
			return pod.listen("impatient", rawService(func(near net.Conn) { impatient(near, pod) }))
		},
	}.look(t)
	if r := o.of("net.name"); time.Duration(r.Took) < 1500*time.Millisecond {
		t.Errorf("net.name took %s, want long enough for the connection to idle%s", time.Duration(r.Took), o)
	}
	if r := o.of("tls.chain"); r.Status != observe.Pass {
		t.Errorf("tls.chain: got %s: %s, want pass%s", r.Status, r.Summary, o)
	}
	if got := o.causes(); slices.Contains(got, "net.mesh-intercepts") {
		t.Errorf("got causes %q, want no net.mesh-intercepts%s", got, o)
	}
}

// impatient relays to the API server, but closes what stays silent for a second.
func impatient(near net.Conn, pod *Pod) {
	near.SetReadDeadline(time.Now().Add(time.Second))
	first := make([]byte, 4096)
	n, err := near.Read(first)
	if err != nil {
		return
	}
	near.SetReadDeadline(time.Time{})
	far, err := pod.dialBehind(context.Background(), "api")
	if err != nil {
		return
	}
	defer far.Close()
	far.Write(first[:n])
	go io.Copy(far, near)
	io.Copy(near, far)
}

// TestSilentAddressIsNotWaitedFor has two addresses, of which one is silent.
func TestSilentAddressIsNotWaitedFor(t *testing.T) {
	o := world{only: []string{"net.connect"}, change: func(p *plan) {
		hostAt(p, "api.shop.example", "198.51.100.3", "2001:db8::3")
		p.routes["tcp 198.51.100.3:443"] = route{server: "api"}
		p.routes["tcp [2001:db8::3]:443"] = route{silent: true}
	}}.look(t)
	r := o.of("net.connect")
	if r.Status != observe.Warn || !strings.Contains(r.Summary, "2001:db8::3") {
		t.Errorf("got %s: %s, want a warning that names 2001:db8::3%s", r.Status, r.Summary, o)
	}
	if took := time.Duration(r.Took); took > 1500*time.Millisecond {
		t.Errorf("took %s, want about a second", took)
	}
}
