package lab

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// recorder keeps what leaves the pod: where to, and for which names it asks.
type recorder struct {
	mu    sync.Mutex
	dials []string
	names []string
}

func (rec *recorder) watch(pod *Pod) {
	dial := pod.System.Dial
	pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		rec.note(&rec.dials, address)
		conn, err := dial(ctx, network, address)
		if err != nil || !strings.HasSuffix(address, ":53") {
			return conn, err
		}
		return asking{conn, rec}, nil
	}
}

func (rec *recorder) note(list *[]string, text string) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	*list = append(*list, text)
}

// asking is a connection to a nameserver.
type asking struct {
	net.Conn
	rec *recorder
}

func (a asking) Write(b []byte) (int, error) {
	query := b
	if _, tcp := a.RemoteAddr().(*net.TCPAddr); tcp {
		query = b[2:]
	}
	var parser dnsmessage.Parser
	if _, err := parser.Start(query); err != nil {
		return 0, err
	}
	q, err := parser.Question()
	if err != nil {
		return 0, err
	}
	a.rec.note(&a.rec.names, strings.TrimSuffix(strings.ToLower(q.Name.String()), "."))
	return a.Conn.Write(b)
}

// withoutForeign runs the checks of a pod that has a fault and search domains
// from elsewhere, and forbids foreign probes. It returns what should not have
// left the pod.
func withoutForeign(t *testing.T, f Fault) (outside []string) {
	t.Helper()
	var rec recorder
	own := map[string]bool{kubectlProxyAddress: true}
	var domain string
	world{change: func(p *plan) {
		f.apply(p)
		domain = p.domain
		p.resolv.before = append(p.resolv.before, "shop.example")
		p.resolv.after = append(p.resolv.after, "not"+domain)
		own[net.JoinHostPort(p.env["KUBERNETES_SERVICE_HOST"], "443")] = true
		own[net.JoinHostPort(p.env["KUBERNETES_PORT_443_TCP_ADDR"], "443")] = true
		own[net.JoinHostPort(p.env["KUBERNETES_SERVICE_HOST"], p.env["KUBERNETES_SERVICE_PORT"])] = true
		own[httpProxyAddress] = p.env["HTTPS_PROXY"] != ""
		for _, address := range p.resolv.nameservers {
			own[net.JoinHostPort(address, "53")] = true
			own[net.JoinHostPort(address, "9153")] = true
		}
	}, after: func(pod *Pod) error {
		pod.System.NoExternalProbes = true
		rec.watch(pod)
		return nil
	}}.look(t)
	for _, address := range rec.dials {
		if !own[address] {
			outside = append(outside, address)
		}
	}
	for _, name := range rec.names {
		if !within(name, domain) {
			outside = append(outside, name)
		}
	}
	slices.Sort(outside)
	return slices.Compact(outside)
}

func TestNoExternalProbes(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Code, func(t *testing.T) {
			t.Parallel()
			if outside := withoutForeign(t, f); len(outside) > 0 {
				t.Errorf("got %q, want nothing outside the cluster", outside)
			}
		})
	}
}

// TestHostInVariableIsAskedFor tests that the flag does not forbid the name of
// the API server itself.
func TestHostInVariableIsAskedFor(t *testing.T) {
	o := world{only: []string{"net.connect"}, change: func(p *plan) {
		hostAt(p, "api.shop.example", "198.51.100.3")
		p.routes["tcp 198.51.100.3:443"] = route{server: "api"}
	}, after: func(pod *Pod) error {
		pod.System.NoExternalProbes = true
		return nil
	}}.look(t)
	if r := o.of("net.connect"); r.Status != observe.Pass {
		t.Errorf("got %s: %s, want pass", r.Status, r.Summary)
	}
}
