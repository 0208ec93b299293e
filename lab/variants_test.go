package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestVariants tests worlds that are no fault of the demo: pods that differ and
// are well, and second forms of a cause.
func TestVariants(t *testing.T) {
	dead := func(address string) func(*plan) {
		return func(p *plan) {
			p.nameserver(address)
			p.resolv.nameservers = []string{address, dnsIP}
			p.routes["udp "+address+":53"], p.routes["tcp "+address+":53"] = route{}, route{}
		}
	}
	for _, test := range []struct {
		name   string
		change func(*plan)
		after  func(*Pod) error
		want   []string // what is neither pass nor skip
	}{
		{name: "without downward API", change: func(p *plan) {
			for key := range p.env {
				if strings.HasPrefix(key, "POD_") || key == "NODE_NAME" {
					delete(p.env, key)
				}
			}
		}},
		{name: "HTTP/1.1 only", change: func(p *plan) { p.api.http1 = true }},
		{name: "IPv6 service", change: serviceOverIPv6},
		{name: "an intermediate authority", change: func(p *plan) {
			p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
				between, err := cluster.issueAuthority(named("kubernetes-intermediate"))
				if err != nil {
					return tls.Certificate{}, err
				}
				cert, err := between.issue(leaf)
				cert.Certificate = append(cert.Certificate, between.cert.Raw)
				return cert, err
			}
		}},
		{
			name: "the first of two nameservers is dead", change: dead("10.96.0.11"),
			want: []string{"dns.servers warn"},
		},
		{
			name: "the clock is two years ahead", change: func(p *plan) { p.ahead = 2 * 365 * day },
			want: []string{"token.claims warn", "tls.validity fail"},
		},
		{
			name: "no anonymous requests and a bad token",
			change: func(p *plan) {
				p.token.foreignKey = true
				p.api.inner = append(p.api.inner, func(http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
					})
				})
			},
			want: []string{"auth.review fail"},
		},
		{
			name: "reviews are forbidden", change: instead(reviewsPath, true, forbid),
			want: []string{"auth.review warn"},
		},
		{
			name: "the server calls the account by another name",
			change: instead(reviewsPath, true, func(w http.ResponseWriter, _ *http.Request) {
				answer(w, http.StatusCreated, map[string]any{
					"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
					"status": map[string]any{"userInfo": map[string]any{"username": "gateway"}},
				})
			}),
			want: []string{"auth.review warn"},
		},
		{
			name: "a right that the account lacks",
			after: func(pod *Pod) error {
				pod.System.Access = []observe.Access{{Verb: "list", Resource: "pods"}, {Verb: "delete", Resource: "nodes", Namespace: "*"}}
				return nil
			},
			want: []string{"api.access fail"},
		},
		{
			name: "a proxy that opens the tunnel", change: throughProxy, after: openProxy,
			want: []string{"env.proxy warn"},
		},
		{
			name: "a proxy that is the only way",
			change: func(p *plan) {
				throughProxy(p)
				p.routes["tcp "+apiAddress] = route{silent: true}
			},
			after: openProxy,
			want:  []string{"env.proxy warn", "net.connect warn"},
		},
		{
			name: "an old kubectl proxy that refuses the host",
			change: func(p *plan) {
				p.expectKubectlProxy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusForbidden)
					io.WriteString(w, "<h3>Unauthorized</h3>")
				}))
			},
			want: []string{"kubectl-proxy.api fail"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := healthy()
			if test.change != nil {
				test.change(p)
			}
			o, err := runIn(t.TempDir(), p, limits{20 * time.Second, 2 * time.Second}, test.after)
			if err != nil {
				t.Fatal(err)
			}
			got, want := o.warningsAndFailures(), slices.Sorted(slices.Values(test.want))
			if !slices.Equal(got, want) {
				t.Errorf("got %q\nwant %q%v", got, want, o)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
		})
	}
}

// serviceOverIPv6 gives the API's Service an IPv6 address.
func serviceOverIPv6(p *plan) {
	const ip = "fd00:10:96::1"
	p.setenv("KUBERNETES_SERVICE_HOST", ip)
	p.setenv("KUBERNETES_PORT_443_TCP_ADDR", ip)
	p.routes["tcp ["+ip+"]:443"] = route{server: "api"}
	p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) { leaf.IPAddresses = []net.IP{net.ParseIP(ip)} })
	p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
		if name != "kubernetes.default.svc."+domain {
			return record{}, false
		}
		if kind != dnsmessage.TypeAAAA {
			return record{}, true
		}
		return record{addr: netip.MustParseAddr(ip)}, true
	})
}

// throughProxy sets a proxy, by name.
func throughProxy(p *plan) {
	const name = "proxy.corp.example"
	p.setenv("HTTPS_PROXY", "http://"+name+":3128")
	p.addRule(func(asked string, kind dnsmessage.Type, _ string) (record, bool) {
		return record{addr: netip.MustParseAddr("10.20.0.5")}, asked == name && kind == dnsmessage.TypeA
	})
	p.routes["tcp "+httpProxyAddress] = route{server: "http proxy"}
}

// openProxy starts that proxy; every tunnel leads to the API server.
func openProxy(pod *Pod) error {
	return pod.serveHTTP("http proxy", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		far, err := pod.dialBehind(r.Context(), "api")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
		go io.Copy(far, near)
		io.Copy(near, far)
	}))
}

func TestDialer(t *testing.T) {
	pod, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer pod.Close()
	pod.dialer.set("tcp 10.1.1.1:443", route{silent: true})
	pod.dialer.set("udp 10.1.1.1:53", route{silent: true})
	for _, test := range []struct{ network, address, want string }{
		{"tcp", apiAddress, ""},
		{"tcp4", dnsIP + ":53", ""},
		{"tcp", "203.0.113.9:443", "dial tcp 203.0.113.9:443: connect: connection refused"},
		{"tcp", "[2001:db8::1]:443", "dial tcp [2001:db8::1]:443: connect: connection refused"},
		{"udp", "203.0.113.9:53", "read udp 203.0.113.9:53: recvfrom: connection refused"},
		{"tcp", "10.1.1.1:443", "dial tcp 10.1.1.1:443: i/o timeout"},
		{"udp", "10.1.1.1:53", "read udp 10.1.1.1:53: i/o timeout"},
		{"tcp", "kubernetes.default.svc:443", "dial tcp: address kubernetes.default.svc:443: not an IP and port"},
	} {
		t.Run(test.network+" "+test.address, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			c, err := pod.System.Dial(ctx, test.network, test.address)
			if err == nil {
				defer c.Close()
				if real := c.(*conn).Conn.RemoteAddr().String(); !strings.HasPrefix(real, "127.0.0.1:") {
					t.Errorf("got a connection to %s, want one to loopback", real)
				}
				if c.RemoteAddr().String() != test.address {
					t.Errorf("got peer %s, want %s", c.RemoteAddr(), test.address)
				}
				if test.network == "udp" {
					c.Write([]byte("?"))
					c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
					_, err = c.Read(make([]byte, 1))
				}
			}
			got := ""
			if err != nil {
				got = strings.ReplaceAll(withoutSource(err).Error(), "read: ", "recvfrom: ")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if timeout := os.IsTimeout(err); timeout != strings.HasSuffix(test.want, "i/o timeout") {
				t.Errorf("got timeout %t of %v", timeout, err)
			}
		})
	}
}

// withoutSource leaves out the local address, whose port is chosen by chance.
func withoutSource(err error) error {
	if op, ok := err.(*net.OpError); ok {
		bare := *op
		bare.Source = nil
		return &bare
	}
	return err
}

func TestTokens(t *testing.T) {
	p := healthy()
	signer, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.sign(newClaims(p))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	other := *p
	other.token.account = otherAccount
	foreign, err := signer.sign(newClaims(&other))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, authorization, user string
		ok                        bool
	}{
		{"right", "Bearer " + token, "system:serviceaccount:shop:web", true},
		{"none", "", anonymous, true},
		{"two spaces", "Bearer  " + token, anonymous, true},
		{"basic", "Basic d2ViOndlYg==", anonymous, true},
		{"no JWT", "Bearer x", "", false},
		{"claims of another token", "Bearer " + parts[0] + "." + strings.Split(foreign, ".")[1] + "." + parts[2], "", false},
		{"no signature", "Bearer " + encode([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", "", false},
		{"account with another's uid", "Bearer " + foreign, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, ok := (&apiServer{plan: p, signer: signer}).authenticate(test.authorization)
			if u.name != test.user || ok != test.ok {
				t.Errorf("got %q %t, want %q %t", u.name, ok, test.user, test.ok)
			}
		})
	}
}
