package lab

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

const ownAddress = "10.96.91.66"

// ownService puts a Service named kubernetes into the pod's namespace.
func ownService(port, portName string, r route) func(*plan) {
	return func(p *plan) {
		maps.DeleteFunc(p.env, ofKubelet)
		maps.DeleteFunc(p.initEnv, ofKubelet)
		p.link("kubernetes", ownAddress, port)
		p.setenv("KUBERNETES_SERVICE_PORT_"+strings.ToUpper(portName), port)
		p.routes["tcp "+net.JoinHostPort(ownAddress, port)] = r
		p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
			if name != "kubernetes."+namespace+".svc."+domain {
				return record{}, false
			}
			if kind == dnsmessage.TypeA {
				return record{addr: netip.MustParseAddr(ownAddress)}, true
			}
			return record{}, true
		})
	}
}

// otherCluster serves the API of another cluster for "own"; its certificate may
// differ.
func otherCluster(pod *Pod) error {
	p := healthy()
	c, err := newCluster(p)
	if err != nil {
		return err
	}
	return pod.listen("own", apiService(p, c, newAPIServer(p, c)))
}

// TestLinksCollision tests what the variables of Services do to those of the API
// server: as Kubernetes 1.36 was seen to set them.
func TestLinksCollision(t *testing.T) {
	t.Parallel()
	links := func(p *plan) { p.link("kubernetes-service", "10.96.8.140", "80") }
	for _, test := range []struct {
		name  string
		world world
		want  []string // "id status code"
		cause string   // "code confidence" of all that is named
	}{
		{
			name: "Services of other names",
			world: world{change: func(p *plan) {
				p.link("web", "10.96.7.7", "80")
				p.link("kubernetes-dashboard", "10.96.7.8", "443")
				p.link("kubernetes-master", "10.96.7.9", "443")
				p.link("http-proxy", "10.96.7.10", "3128")
			}},
		},
		{
			name:  "kubernetes-service, and it took the port",
			world: world{change: links},
			want:  []string{"env.service fail"}, cause: "env.links-collision certain",
		},
		{
			name: "kubernetes-service, over UDP",
			world: world{change: func(p *plan) {
				links(p)
				p.setenv("KUBERNETES_SERVICE_PORT", "udp://10.96.8.140:80")
			}},
			want: []string{"env.service fail"}, cause: "env.links-collision certain",
		},
		{
			name: "kubernetes-service, and it did not take the port",
			world: world{change: func(p *plan) {
				links(p)
				p.setenv("KUBERNETES_SERVICE_PORT", "443")
			}},
			want: []string{"env.service warn"}, cause: "env.links-collision likely",
		},
		{
			name:  "a link as the port, and nothing else of such a Service",
			world: world{change: func(p *plan) { p.setenv("KUBERNETES_SERVICE_PORT", "tcp://10.96.0.1:443") }},
			want:  []string{"env.service fail"}, cause: "env.malformed certain",
		},
		{
			name:  "kubernetes in the pod's namespace, of no server",
			world: world{change: ownService("443", "https", route{})},
			want:  []string{"dns.resolve warn", "net.connect fail"},
			cause: "env.links-collision likely",
		},
		{
			name:  "kubernetes in the pod's namespace, of a server that is silent",
			world: world{limit: 2 * time.Second, change: ownService("443", "https", route{silent: true})},
			want:  []string{"dns.resolve warn", "net.connect fail"},
			cause: "env.links-collision likely",
		},
		{
			name: "kubernetes in the pod's namespace, of a web server",
			world: world{change: ownService("8080", "web", route{server: "own"}), after: func(pod *Pod) error {
				return pod.serveHTTP("own", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }))
			}},
			want:  []string{"dns.resolve warn", "env.service warn", "tls.chain fail"},
			cause: "env.links-collision likely",
		},
		{
			name:  "kubernetes in the pod's namespace, of another cluster's API server",
			world: world{change: ownService("443", "https", route{server: "own"}), after: otherCluster},
			want:  []string{"dns.resolve warn", "tls.chain fail"},
			cause: "env.links-collision likely",
		},
		{
			name:  "kubernetes in the pod's namespace, of the API server itself",
			world: world{change: ownService("443", "https", route{server: "api"})},
			want:  []string{"dns.resolve warn", "tls.host fail"},
			cause: "env.links-collision likely",
		},
		{
			name: "kubernetes in the pod's namespace, and nothing else answers",
			world: world{limit: 2 * time.Second, change: func(p *plan) {
				ownService("443", "https", route{silent: true})(p)
				p.routes["tcp "+apiAddress] = route{silent: true}
			}},
			want:  []string{"dns.resolve warn", "net.connect fail"},
			cause: "net.api-blocked likely, net.policy-needs-endpoint possible, env.links-collision possible, dns.wrong-answer possible",
		},
		{
			name: "the API's Service has moved, and the namespace has none of that name",
			world: world{change: func(p *plan) {
				p.addRule(func(name string, _ dnsmessage.Type, domain string) (record, bool) {
					return record{rcode: dnsmessage.RCodeNameError}, name == "kubernetes."+namespace+".svc."+domain
				})
				ownService("443", "https", route{})(p)
			}},
			want:  []string{"dns.resolve warn", "net.connect fail"},
			cause: "net.api-down possible, dns.wrong-answer possible",
		},
		{
			name: "kubernetes in the pod's namespace, which does not get its variables",
			world: world{change: func(p *plan) {
				env, initEnv := maps.Clone(p.env), maps.Clone(p.initEnv)
				ownService("443", "https", route{})(p)
				p.env, p.initEnv = env, initEnv
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := test.world.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			var named []string
			for _, c := range diagnose.Diagnose(causes.Pod{}, o.results).Causes {
				named = append(named, c.Code+" "+string(c.Confidence))
			}
			if got := strings.Join(named, ", "); got != test.cause {
				t.Errorf("got %s, want %s%s", got, test.cause, o)
			}
		})
	}
}
