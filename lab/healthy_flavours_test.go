package lab

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// TestHealthyFlavours tests pods that differ and can use their API server:
// nothing is found but what the table has.
func TestHealthyFlavours(t *testing.T) {
	t.Parallel()
	const fqdn = "api.shop.example"
	for _, test := range []struct {
		name  string
		world world
		want  []string // "id status code"
	}{
		{name: "a token that is valid only in 30 s", world: world{change: func(p *plan) { p.token.issued = 30 * time.Second }}},
		{name: "a token that expired 30 s ago", world: world{change: func(p *plan) { p.token.expires = -30 * time.Second }}},
		{name: "an audience that is the API's Service", world: world{change: acceptedAudience("kubernetes.default.svc")}},
		{name: "an audience that is a host, not the issuer", world: world{change: acceptedAudience("https://" + fqdn)}},
		{
			name: "another address that the certificate has is set as the host",
			world: world{change: func(p *plan) {
				p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.2")
				p.routes["tcp 172.18.0.2:443"] = route{server: "api"}
			}},
		},
		{
			name: "a name of the API server is set as the host",
			world: world{change: func(p *plan) {
				hostAt(p, fqdn, "198.51.100.3")
				p.setenv("KUBERNETES_PORT_443_TCP_ADDR", serviceIP)
				p.routes["tcp 198.51.100.3:443"] = route{server: "api"}
			}},
		},
		{
			name: "an agent on the host network uses its node's balancer on loopback",
			world: world{change: func(p *plan) {
				p.proc["net/dev"] = nodeDevices
				p.balancer(route{server: "api"})
			}},
		},
		{
			name: "an operator uses a name of the API server, and its port",
			world: world{change: func(p *plan) {
				hostAt(p, fqdn, "198.51.100.3")
				p.setenv("KUBERNETES_PORT_443_TCP_ADDR", serviceIP)
				p.setenv("KUBERNETES_SERVICE_PORT", "6443")
				p.setenv("KUBERNETES_SERVICE_PORT_HTTPS", "6443")
				p.routes["tcp 198.51.100.3:6443"] = route{server: "api"}
			}},
		},
		{
			name:  "on the host network of a node with IPVS, where the Service IP is a local address",
			world: world{change: func(p *plan) { p.proc["net/dev"] = nodeDevices + "  kube-ipvs0: 0 0 0 0\n" }, after: asked(pod.Route{Own: true, Device: "kube-ipvs0"})},
		},
		{
			name: "nine search domains, and options",
			world: world{change: func(p *plan) {
				p.resolv.after = []string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"}
				p.resolv.options = "ndots:2 edns0 trust-ad single-request-reopen timeout:1 attempts:3 use-vc"
			}},
		},
		{
			name:  "dnsPolicy None with the cluster's nameserver and no search list",
			world: world{change: func(p *plan) { p.resolv.text = "nameserver " + dnsIP + "\noptions ndots:5\n" }},
			want:  []string{"dns.config warn", "dns.resolve warn"},
		},
		{
			name: "the pod's first datagram is lost, as its network is new",
			world: world{change: func(p *plan) {
				for _, d := range p.dns {
					d.stall, d.stallOnce = 1500*time.Millisecond, true
				}
			}},
		},
		{
			name:  "dnsPolicy None with the cluster's domain alone",
			world: world{change: func(p *plan) { p.resolv.text = "search cluster.local\nnameserver " + dnsIP + "\noptions ndots:5\n" }},
		},
		{
			name:  "a CA renewed with its key, the old one ends in 5 days",
			world: world{change: renewedAuthority},
			want:  []string{"volume.ca warn"},
		},
		{
			name:  "no review, and an account that may not read a path that is none",
			world: world{change: oldServer(reviewsPath)},
			want:  []string{"auth.review warn"},
		},
		{
			name:  "no review, and an account that may read every path",
			world: world{change: oldServer(reviewsPath, "/k8sdoctor-who-am-i")},
			want:  []string{"auth.review warn"},
		},
		{
			name: "no review, an account that may read every path, and no anonymous requests",
			world: world{change: func(p *plan) {
				oldServer(reviewsPath, "/k8sdoctor-who-am-i")(p)
				withoutAnonymous(p)
			}},
			want: []string{"auth.review warn"},
		},
		{name: "no anonymous requests", world: world{change: withoutAnonymous}},
		{name: "health alone, without anonymous requests", world: world{change: withoutAnonymous, only: []string{"api.health"}}},
		{
			name:  "the certificate's names alone, in another domain",
			world: world{only: []string{"tls.name"}, change: func(p *plan) { p.domain = "k8s.shop.example" }},
		},
		{
			name: "the connection alone, by a name, and the first nameserver is silent",
			world: world{only: []string{"net.connect"}, change: func(p *plan) {
				hostNamed(p, "kubernetes.default.svc")
				p.nameserver("10.96.0.11")
				p.resolv.nameservers = []string{"10.96.0.11", dnsIP}
				p.routes["udp 10.96.0.11:53"], p.routes["tcp 10.96.0.11:53"] = route{silent: true}, route{silent: true}
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := test.world.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			for _, c := range o.verdict() {
				if slices.Contains([]string{"env", "net", "dns"}, causes.LayerOf(c.Code)) && c.Confidence != causes.Possible {
					t.Errorf("%s is named as %s%s", c.Code, c.Confidence, o)
				}
			}
			for _, id := range []string{"net.connect", "tls.name", "auth.review", "api.health", "api.versions"} {
				if r := o.of(id); r.ID != "" && r.Status == observe.Skip {
					t.Errorf("%s: got skip: %s%s", id, r.Summary, o)
				}
			}
		})
	}
}

// acceptedAudience has the server take tokens for an audience that is not its
// issuer.
func acceptedAudience(audience string) func(*plan) {
	return func(p *plan) {
		p.token.audience = audience
		p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") == "" {
					next.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Audit-Id", newUUID())
				next.(*apiServer).inner.ServeHTTP(w, as(r, user{name: "system:serviceaccount:" + namespace + ":" + account}))
			})
		})
	}
}

// oldServer answers paths that begin so as Go's own server does, and as API
// servers did before they marked their answers.
func oldServer(prefixes ...string) func(*plan) {
	return func(p *plan) {
		p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }) {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
	}
}

// withoutAnonymous refuses whoever sends no token.
func withoutAnonymous(p *plan) {
	p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

// renewedAuthority puts a certificate of the same name and key, with five days
// left, before that of the authority.
func renewedAuthority(p *plan) {
	var ca *authority
	p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
		ca = cluster
		return cluster.issue(leaf)
	}
	p.volume.files["ca.crt"].rewrite = func(now []byte) ([]byte, error) {
		old := *ca.cert
		old.NotAfter = time.Now().Add(5 * day)
		old.SerialNumber = big.NewInt(7)
		cert, err := sign(&old, &old, ca.key, ca.key)
		if err != nil {
			return nil, err
		}
		return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), now...), nil
	}
}

// TestHealthIsAskedWithTheToken tests that health is asked with a token that the server
// accepts without a name for it.
func TestHealthIsAskedWithTheToken(t *testing.T) {
	for _, test := range []struct {
		name  string
		world world
	}{
		{"the account has no name", world{change: func(p *plan) {
			oldServer(reviewsPath, "/k8sdoctor-who-am-i")(p)
			withoutAnonymous(p)
			p.api.failing = "etcd"
		}}},
		{"nothing else is asked", world{only: []string{"api.health"}, change: func(p *plan) {
			withoutAnonymous(p)
			p.api.failing = "etcd"
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := test.world.look(t)
			if r := o.of("api.health"); r.Status != observe.Fail || !strings.Contains(r.Summary, "etcd") {
				t.Errorf("got %s: %s, want a failure that names etcd%s", r.Status, r.Summary, o)
			}
		})
	}
}
