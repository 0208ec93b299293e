package lab

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// TestElsewhere has pods whose KUBERNETES_SERVICE_HOST somebody has set to another
// address: that is a cause where the kubelet's works and this one never does, and else none.
func TestElsewhere(t *testing.T) {
	const other = "172.18.0.2"
	host := func(address, port string, r route) func(*plan) {
		return func(p *plan) {
			p.setenv("KUBERNETES_SERVICE_HOST", address)
			p.setenv("KUBERNETES_SERVICE_PORT", port)
			p.setenv("KUBERNETES_SERVICE_PORT_HTTPS", port)
			p.routes["tcp "+address+":"+port] = r
		}
	}
	works := route{server: "api"}
	atFirst := route{turns: append([]route{{}}, slices.Repeat([]route{works}, 60)...)}
	half := route{turns: slices.Repeat([]route{works, nothing}, 30)}
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   []string // what comes first, one of
		sure   causes.Confidence
		never  []string
	}{
		{"works", host(other, "443", works), nil, "", nil},
		{"is dead", host(other, "443", route{}), []string{"env.overridden"}, causes.Likely, nil},
		{"works but for the first connection", host(other, "443", atFirst), []string{"net.not-ready-yet", "env.overridden", "net.some-endpoints-dead"}, causes.Possible, nil},
		{"works every second time", host(other, "443", half), []string{"net.some-endpoints-dead"}, causes.Likely, []string{"env.overridden"}},
		{"needs a port, and none is left", host(other, "443", route{errno: 99}), []string{"net.ports-exhausted"}, causes.Likely, []string{"env.overridden"}},
		{"has no SAN", host("172.18.0.9", "443", works), []string{"env.overridden"}, causes.Likely, []string{"tls.host-not-covered"}},
		{"is a server without TLS", host(other, "443", route{server: "http"}), []string{"env.overridden"}, causes.Likely, []string{"tls.not-tls"}},
		{"is another cluster's", host(other, "443", route{server: "own"}), []string{"env.overridden"}, causes.Likely, nil},
		{"is the loopback address of another cluster's", host("127.0.0.1", "8443", route{server: "own"}), []string{"env.overridden"}, causes.Likely, nil},
		{"is another cluster's every second time", host(other, "443", route{turns: slices.Repeat([]route{{server: "own"}, works}, 30)}), []string{"tls.mixed-servers"}, causes.Certain, []string{"env.overridden"}},
		{"works, and the Service IP refuses", all(host(other, "443", works), apiBy(route{})), []string{"net.api-down", "net.no-endpoints"}, causes.Possible, []string{"env.overridden"}},
		{"works, and the Service IP is silent", all(host(other, "443", works), apiBy(nothing)), []string{"net.api-blocked", "net.service-ips-dead"}, causes.Possible, []string{"env.overridden"}},
		{"works, and no Service IP does", all(host(other, "443", works), apiBy(nothing), silentServices), []string{"dns.silent", "net.service-ips-dead"}, causes.Possible, nil},
		{"works, and a policy rejects the rest", all(host(other, "443", works), elsewhere(route{}), dnsBy(route{})), []string{"dns.no-endpoints", "net.service-ips-dead"}, causes.Possible, nil},
		{
			"is not set, and a public nameserver answers beside a policy", all(apiBy(nothing), silentServices, func(p *plan) {
				p.nameserver("8.8.8.8").foreign = true
				p.resolv.nameservers = []string{dnsIP, "8.8.8.8"}
			}), []string{"net.egress-blocked"}, causes.Likely, nil,
		},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			o := world{change: all(elsewhere(nothing), test.change), after: wrongServers}.look(t)
			found := o.verdict()
			if len(found) == 0 && test.want != nil || len(found) > 0 && !slices.Contains(test.want, found[0].Code) {
				t.Errorf("got %s, want one of %q first%s", o.outline(), test.want, o)
			}
			order := []causes.Confidence{causes.Possible, causes.Likely, causes.Certain}
			for _, f := range found {
				if slices.Contains(test.never, f.Code) || slices.Index(order, f.Confidence) > slices.Index(order, test.sure) {
					t.Errorf("%s %s is too much", f.Code, f.Confidence)
				}
			}
		})
	}
}

// wrongServers are another cluster's API server and a server without TLS.
func wrongServers(pod *Pod) error {
	return errors.Join(otherCluster(pod), pod.serveHTTP("http", http.NotFoundHandler()))
}

// TestProbesAlone asks for probes that need what no check has left them.
func TestProbesAlone(t *testing.T) {
	for _, only := range [][]string{{"env.service", "probe.anonymous"}, {"probe.*"}, {"net.connect", "tls.chain", "probe.given-host"}} {
		o := world{only: only, change: all(elsewhere(nothing), func(p *plan) {
			p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.2")
			p.routes["tcp 172.18.0.2:443"] = route{server: "api"}
		})}.look(t)
		if found := o.outline(); found != "" || strings.Contains(o.String(), "panic") {
			t.Errorf("%q: got %s%s", only, found, o)
		}
	}
}
