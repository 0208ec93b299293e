package lab

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		world  world
		check  string // that fails or warns
		want   string // "status code"
		says   string // in its summary
		cause  string // that the verdict names first, if any
		beside string // another that it names
		ends   bool   // nothing that needs the check runs
	}{
		{
			name:  "the right CA signed a certificate that is for clients only",
			world: world{change: editLeaf(func(leaf *x509.Certificate) { leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })},
			check: "tls.chain", want: "fail", says: "incompatible key usage", cause: "tls.unknown-ca", ends: true,
		},
		{
			name: "a server that demands a client certificate in TLS 1.2",
			world: world{change: func(p *plan) {
				p.tls.config = append(p.tls.config, func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 })
			}},
			check: "tls.chain", want: "fail", says: "alert", cause: "tls.foreign-server", ends: true,
		},
		{
			name:  "the host is overridden to a dead address, the kubelet's answers",
			world: world{change: func(p *plan) { p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.9") }},
			check: "net.connect", want: "fail", cause: "env.overridden", ends: true,
		},
		{
			name: "the host is overridden to an address that works, and the CA was made again",
			world: world{change: func(p *plan) {
				p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.2")
				p.routes["tcp 172.18.0.2:443"] = route{server: "api"}
				made, _ := find([]string{"tls.ca-rekeyed"})
				made[0].apply(p)
			}},
			check: "tls.chain", want: "fail", cause: "tls.ca-rekeyed", ends: true,
		},
		{
			name:  "the token is another pod's, and the server takes it",
			world: world{change: func(p *plan) { p.setenv("POD_NAME", "the-web-application") }},
			check: "token.claims", want: "warn",
		},
		{
			name: "the host is overridden to a dead address, and the kubelet's is dead as well",
			world: world{change: func(p *plan) {
				p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.9")
				p.routes["tcp "+apiAddress] = route{}
			}},
			check: "net.connect", want: "fail", cause: "net.api-down", ends: true,
		},
		{
			name: "the host is overridden to an address that works, and nothing at all answers",
			world: world{limit: 2 * time.Second, change: func(p *plan) {
				p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.2")
				p.everywhere(route{silent: true})
			}},
			check: "net.connect", want: "fail", cause: "net.egress-blocked", ends: true,
		},
		{
			name:  "no file descriptor is left for a connection",
			world: world{change: func(p *plan) { p.routes["tcp "+apiAddress] = route{errno: syscall.EMFILE} }},
			check: "net.connect", want: "fail", cause: "net.ports-exhausted", ends: true,
		},
		{
			name:  "connect() to the API's Service IP fails with EPERM, without a packet",
			world: world{change: apiBy(route{errno: syscall.EPERM})},
			check: "net.connect", want: "fail", cause: "net.no-endpoints", beside: "net.api-down", ends: true,
		},
		{
			name:  "connect() to the API's Service IP fails with EHOSTUNREACH, without a packet",
			world: world{change: apiBy(route{errno: syscall.EHOSTUNREACH})},
			check: "net.connect", want: "fail", cause: "net.no-endpoints", ends: true,
		},
		{
			name: "everything is prohibited by ICMP, of which a host sends one message a second",
			world: world{change: func(p *plan) {
				p.everywhere(route{errno: syscall.EHOSTUNREACH, icmp: true})
				p.routes["tcp "+dnsIP+":53"] = route{errno: syscall.EHOSTUNREACH, icmp: true, after: 2 * time.Second}
				p.routes["tcp "+dnsIP+":9153"] = p.routes["tcp "+dnsIP+":53"]
			}},
			check: "net.connect", want: "fail", cause: "net.policy-rejects", ends: true,
		},
		{
			name:  "a rule of the pod drops the API's answers",
			world: world{change: apiBy(route{silent: true, lost: true})},
			check: "net.connect", want: "fail", cause: "net.pod-firewall", ends: true,
		},
		{
			name:  "a rule of the pod drops DNS answers",
			world: world{change: func(p *plan) { p.toDNS(route{silent: true, lost: true}) }},
			check: "dns.servers", want: "warn", cause: "net.pod-firewall",
		},
		{
			name:  "connect() to the nameserver's Service IP fails with EPERM, without a packet",
			world: world{change: func(p *plan) { p.toDNS(route{errno: syscall.EPERM}) }},
			check: "dns.servers", want: "warn", cause: "dns.no-endpoints",
		},
		{
			name:  "dnsPolicy None with the cluster's nameserver and no search list",
			world: world{change: func(p *plan) { p.resolv.text = "nameserver " + dnsIP + "\noptions ndots:5\n" }},
			check: "dns.resolve", want: "warn", says: "the search list lacks svc.cluster.local", cause: "dns.node-resolver",
		},
		{
			name:  "a proxy that alone resolves the host",
			world: world{change: hostBehindProxy, after: openProxy},
			check: "net.connect", want: "warn", says: "api.shop.example: no address", cause: "dns.nxdomain",
		},
		{
			name: "process 1 has so many variables that they take 200 KiB",
			world: world{change: func(p *plan) {
				for _, name := range names("SERVICE_%d", 4000) {
					p.initEnv[name] = "tcp://10.96.200.200:8080/and/so/on/for/a/while"
				}
				for key := range p.env {
					if strings.HasPrefix(key, "KUBERNETES_") {
						delete(p.env, key)
					}
				}
			}},
			check: "env.service", want: "fail", says: "process 1 has " + serviceIP, cause: "env.scrubbed", ends: true,
		},
		{
			name:  "the token is a link to what is gone",
			world: world{after: file(volumeDir+"/token", func(path string) error { return os.Symlink("..gone/token", path) })},
			check: "volume.token", want: "fail", says: "a link that leads nowhere", cause: "volume.token-missing", ends: true,
		},
		{
			name: "DNS by UDP alone",
			world: world{only: []string{"dns.servers", "probe.service-ip"}, change: func(p *plan) {
				p.routes["tcp "+dnsIP+":53"] = route{}
			}},
			check: "dns.servers", want: "warn", cause: "dns.tcp-blocked",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := test.world.look(t)
			r := o.of(test.check)
			if got := string(r.Status); got != test.want || !strings.Contains(r.Summary, test.says) {
				t.Errorf("%s: got %s: %s, want %s with %q%s", test.check, got, r.Summary, test.want, test.says, o)
			}
			first := ""
			if got := o.causes(); len(got) > 0 {
				first = got[0]
			}
			if first != test.cause {
				t.Errorf("got cause %q first, want %q%s", first, test.cause, o)
			}
			if test.beside != "" && !slices.Contains(o.causes(), test.beside) {
				t.Errorf("%s is not named%s", test.beside, o)
			}
			for _, c := range checks.All() {
				if test.ends && slices.Contains(c.Needs, test.check) && o.of(c.ID).Status != observe.Skip {
					t.Errorf("%s: got %s, want it to be skipped", c.ID, o.of(c.ID).Status)
				}
			}
		})
	}
}

// hostBehindProxy names the API by a host that no nameserver of the cluster
// knows; HTTPS_PROXY leads there.
func hostBehindProxy(p *plan) {
	throughProxy(p)
	hostNamed(p, "api.shop.example")
}

// hostNamed gives the API server a name of its own, without an address in DNS.
func hostNamed(p *plan, host string) {
	p.setenv("KUBERNETES_SERVICE_HOST", host)
	p.setenv("KUBERNETES_PORT_443_TCP_ADDR", host)
	p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) { leaf.DNSNames = append(leaf.DNSNames, host) })
}

// hostAt is hostNamed with addresses.
func hostAt(p *plan, host string, addrs ...string) {
	hostNamed(p, host)
	p.addRule(func(name string, kind dnsmessage.Type, _ string) (record, bool) {
		for _, text := range addrs {
			if addr := netip.MustParseAddr(text); addr.Is4() == (kind == dnsmessage.TypeA) {
				return record{addr: addr}, name == host
			}
		}
		return record{}, name == host
	})
}

func TestWhatFollowsAProxyThatWorks(t *testing.T) {
	o := world{change: hostBehindProxy, after: openProxy}.look(t)
	for _, id := range []string{"net.proxy", "tls.chain", "tls.host", "tls.validity", "auth.review", "auth.clock", "api.versions", "api.health", "api.version"} {
		if r := o.of(id); r.Status != observe.Pass {
			t.Errorf("%s: got %s: %s, want pass%s", id, r.Status, r.Summary, o)
		}
	}
}

func TestUDPOfNameserverIsProbed(t *testing.T) {
	o := world{only: []string{"dns.servers", "probe.service-ip"}, change: func(p *plan) { p.routes["tcp "+dnsIP+":53"] = route{} }}.look(t)
	r := o.of("probe.service-ip")
	if got := r.Evidence.Get(dnsIP + ":53 udp"); !strings.HasPrefix(got, "answers in ") {
		t.Errorf("got %q by UDP, want an answer%s", got, o)
	}
	if got := r.Evidence.Get(dnsIP + ":53 tcp"); !strings.Contains(got, "refused") {
		t.Errorf("got %q by TCP, want a refusal%s", got, o)
	}
}
