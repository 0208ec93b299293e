package lab

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// recording is a world and what is recorded in it.
type recording struct {
	name  string
	world world
	want  []string // "subject value", or "subject" where it must not be observed
}

// hold looks at the world and compares.
func (rec recording) hold(t *testing.T, layers ...string) {
	t.Helper()
	rec.world.every = true
	rec.compare(t, rec.world.look(t), layers...)
}

// compare compares what the checks and probes of some layers recorded with what is
// wanted, and with what they say that they record.
func (rec recording) compare(t *testing.T, o outcome, layers ...string) {
	t.Helper()
	var seen []observe.Set
	for _, r := range o.results {
		seen = append(seen, r.Observations)
		layer, _, _ := strings.Cut(r.ID, ".")
		if slices.Contains(layers, layer) || slices.Contains(layers, r.ID) {
			consistent(t, r)
		}
	}
	all := observe.Merge(seen...)
	for _, line := range rec.want {
		id, want, _ := strings.Cut(line, " ")
		if got := valueOf(t, all, id); got != want {
			t.Errorf("%s: got %q, want %q%s", id, got, want, o)
		}
	}
}

// consistent demands that a check warns or fails exactly when it has recorded an
// unhealthy symptom, and that it has said that it records it.
func consistent(t *testing.T, r observe.Result) {
	t.Helper()
	all := append(checks.All(), checks.Probes()...)
	check := all[slices.IndexFunc(all, func(c *checks.Check) bool { return c.ID == r.ID })]
	unhealthy := ""
	for id, entries := range r.Observations {
		i := slices.IndexFunc(check.Records, func(s *observe.Row) bool { return s.ID == id })
		if i < 0 {
			t.Errorf("%s recorded %s, which it does not say", r.ID, id)
			continue
		}
		for _, e := range entries {
			if check.Records[i].Unhealthy(e.Value) {
				unhealthy = id
			}
		}
	}
	if found := r.Status == observe.Warn || r.Status == observe.Fail; found != (unhealthy != "") {
		t.Errorf("%s: got %s, and the unhealthy symptom %q: %s", r.ID, r.Status, unhealthy, r.Summary)
	}
}

// valueOf is the value that counts, as a text; "" was not observed.
func valueOf(t *testing.T, set observe.Set, id string) string {
	t.Helper()
	subjects := observe.Vocabulary()
	i := slices.IndexFunc(subjects, func(s *observe.Row) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("there is no subject %s", id)
	}
	r := subjects[i]
	v, ok := set.Value(r)
	switch {
	case !ok:
		return ""
	case r.Kind == observe.KindNumber:
		return strconv.Itoa(v.N)
	case r.Kind == observe.KindText, r.Kind == observe.KindTexts:
		return v.Text
	}
	return v.Word
}

func envOf(changes ...string) world {
	return world{only: []string{"env.*"}, change: func(p *plan) {
		for i := 0; i < len(changes); i += 2 {
			p.setenv(changes[i], changes[i+1])
		}
	}}
}

func faulty(code string, only ...string) world {
	return world{only: only, change: faultOf(code)}
}

func TestRecordedEnv(t *testing.T) {
	t.Parallel()
	for _, rec := range []recording{
		{"healthy", envOf(), []string{
			"env.host fine", "env.port fine", "env.https-port fine", "env.first-process same", "env.link none", "env.host-is-name no", "env.pod-traces",
			"env.host.value 10.96.0.1", "env.port.value 443", "env.kubelet-host.value 10.96.0.1",
			"env.proxy none", "env.proxy-set no", "env.proxy.url unset", "env.http-proxy no", "env.client no", "env.kubeconfig no",
		}},
		{"not a pod", faulty("env.not-a-pod", "env.*"), []string{"env.host unset", "env.port unset", "env.https-port unset", "env.first-process same", "env.pod-traces 0", "env.host.value", "env.host-is-name"}},
		{"no variables", faulty("env.missing", "env.*"), []string{"env.host unset", "env.port unset", "env.first-process same", "env.pod-traces 3"}},
		{"scrubbed", faulty("env.scrubbed", "env.*"), []string{"env.host unset", "env.first-process has-it", "env.pod-traces"}},
		{"variables of process 1 were taken", world{only: []string{"env.*"}, after: func(pod *Pod) error {
			pod.System.Adopted = []string{"HTTPS_PROXY", "no_proxy"}
			return nil
		}}, []string{"env.adopted HTTPS_PROXY"}},
		{"process 1 cannot be read", world{only: []string{"env.*"}, after: file("proc/1/environ", func(string) error { return nil })}, []string{"env.host fine", "env.first-process"}},
		{"process 1 has none", world{only: []string{"env.*"}, change: func(p *plan) { maps.DeleteFunc(p.initEnv, ofKubelet) }}, []string{"env.host fine", "env.first-process lacks-it"}},
		{"an empty host", envOf("KUBERNETES_SERVICE_HOST", ""), []string{"env.host empty", "env.host.value"}},
		{"a URL as host", faulty("env.malformed", "env.*"), []string{"env.host malformed", "env.host.value https://10.96.0.1", "env.host-is-name"}},
		{"a quoted port", envOf("KUBERNETES_SERVICE_PORT", `"443"`), []string{"env.port malformed", `env.port.value "443"`, "env.https-port fine"}},
		{"an empty port", envOf("KUBERNETES_SERVICE_PORT", ""), []string{"env.port empty"}},
		{"another host", faulty("env.overridden", "env.*"), []string{"env.host elsewhere", "env.port fine", "env.host.value 10.20.30.40", "env.kubelet-host.value 10.96.0.1", "env.first-process same"}},
		{"another host than process 1 has", world{only: []string{"env.*"}, change: func(p *plan) {
			delete(p.env, "KUBERNETES_PORT_443_TCP_ADDR")
			p.env["KUBERNETES_SERVICE_HOST"] = "api.example"
		}}, []string{"env.host overridden", "env.host-is-name yes", "env.first-process other", "env.kubelet-host.value"}},
		{"another port than process 1 has", world{only: []string{"env.*"}, change: func(p *plan) { p.env["KUBERNETES_SERVICE_PORT"] = "6443" }}, []string{"env.port overridden", "env.https-port overridden", "env.first-process other"}},
		{"no HTTPS port", world{only: []string{"env.*"}, change: func(p *plan) { delete(p.env, "KUBERNETES_SERVICE_PORT_HTTPS") }}, []string{"env.https-port unset"}},
		{"a malformed HTTPS port", envOf("KUBERNETES_SERVICE_PORT_HTTPS", "https"), []string{"env.https-port malformed"}},
		{"an empty HTTPS port", envOf("KUBERNETES_SERVICE_PORT_HTTPS", ""), []string{"env.https-port malformed"}},
		{"another HTTPS port", envOf("KUBERNETES_SERVICE_PORT_HTTPS", "6443"), []string{"env.port fine", "env.https-port overridden"}},
		{"kubernetes-service took the port", faulty("env.links-collision", "env.*"), []string{"env.port link", "env.link kubernetes-service", "env.port.value tcp://10.96.8.140:80"}},
		{"kubernetes-service did not take it", world{only: []string{"env.*"}, change: func(p *plan) {
			p.link("kubernetes-service", "10.96.8.140", "80")
			p.setenv("KUBERNETES_SERVICE_PORT", "443")
		}}, []string{"env.port fine", "env.link beside"}},
		{"kubernetes-service did not take the port of another host", world{only: []string{"env.*"}, change: func(p *plan) {
			p.link("kubernetes-service", "10.96.8.140", "80")
			p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.2")
			p.setenv("KUBERNETES_SERVICE_PORT", "6443")
		}}, []string{"env.host elsewhere", "env.port fine", "env.https-port fine", "env.link beside"}},
		{"the port is a link of nobody's", envOf("KUBERNETES_SERVICE_PORT", "tcp://10.96.0.1:443"), []string{"env.port link", "env.link other"}},

		{"a kubeconfig", faulty("env.client-override", "env.*"), []string{"env.client yes", "env.kubeconfig yes"}},
		{"KUBECONFIG", envOf("KUBECONFIG", "/etc/app/kubeconfig"), []string{"env.client yes", "env.kubeconfig yes"}},
		{"a client's own variable", envOf("KUBERNETES_MASTER", "https://build.example"), []string{"env.client yes", "env.kubeconfig no"}},

		{"NO_PROXY lists the address", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "10.96.0.1"), []string{"env.proxy excluded", "env.proxy-set yes", "env.proxy.url scheme", "env.no-proxy.asterisk no"}},
		{"a proxy without a scheme", envOf("HTTPS_PROXY", "10.20.0.5:3128", "NO_PROXY", "10.96.0.1"), []string{"env.proxy excluded", "env.proxy.url no-scheme"}},
		{"HTTP_PROXY", envOf("http_proxy", "http://10.20.0.5:3128"), []string{"env.proxy none", "env.proxy.url unset", "env.http-proxy yes"}},
		{"an asterisk before the address", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "*.svc,10.96.0.1"), []string{"env.proxy excluded", "env.no-proxy.asterisk yes"}},
		{"an asterisk behind the address", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "10.96.0.1,*.svc"), []string{"env.proxy excluded", "env.no-proxy.asterisk no"}},
		{"an asterisk behind its range", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "10.96.0.0/12,*.svc"), []string{"env.proxy differs", "env.no-proxy.asterisk no"}},
		{"an asterisk, and nothing for the address", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "*.svc"), []string{"env.proxy applies", "env.no-proxy.asterisk yes"}},
		{"NO_PROXY has a range", faulty("proxy.client-dependent", "env.*"), []string{"env.proxy differs", "env.proxy-set yes"}},
		{"ALL_PROXY", envOf("ALL_PROXY", "http://10.20.0.5:3128"), []string{"env.proxy differs", "env.proxy-set yes"}},
		{"two NO_PROXY", envOf("HTTPS_PROXY", "http://10.20.0.5:3128", "NO_PROXY", "10.96.0.1", "no_proxy", "10.96.0.1,.svc"), []string{"env.proxy differs"}},
		{"a proxy that applies", faulty("proxy.in-path", "env.*"), []string{"env.proxy applies", "env.proxy-set yes"}},
		{"a proxy that is no URL", envOf("HTTPS_PROXY", "http://10.20.0.5:3128\n"), []string{"env.proxy unusable"}},
		{"a proxy that is no URL, and not for the address", envOf("HTTPS_PROXY", "http://10.20.0.5:3128\n", "NO_PROXY", "10.96.0.1"), []string{"env.proxy excluded"}},
	} {
		t.Run(rec.name, func(t *testing.T) {
			t.Parallel()
			rec.hold(t, "env")
		})
	}
}

func TestRecordedOwnService(t *testing.T) {
	t.Parallel()
	for _, rec := range []recording{
		{"healthy", world{}, []string{"env.own-service", "env.own-service.handshake"}},
		{"of no server", world{change: ownService("443", "https", route{})}, []string{"env.own-service yes", "env.own-service.handshake verifies"}},
		{"and nothing answers", world{limit: 2 * time.Second, change: func(p *plan) {
			ownService("443", "https", route{})(p)
			p.routes["tcp "+apiAddress] = route{}
		}}, []string{"env.own-service yes", "env.own-service.handshake no-connection"}},
		{"and another server stands at the API's address", world{change: ownService("443", "https", route{}), after: func(pod *Pod) error {
			if err := otherCluster(pod); err != nil {
				return err
			}
			pod.dialer.set("tcp "+apiAddress, route{server: "own"})
			return nil
		}}, []string{"env.own-service yes", "env.own-service.handshake unverified"}},
	} {
		t.Run(rec.name, func(t *testing.T) {
			t.Parallel()
			rec.hold(t, "env")
		})
	}
}

func TestRecordedProxy(t *testing.T) {
	t.Parallel()
	tunnels := func(answer http.HandlerFunc, r route) world {
		return world{limit: 2 * time.Second, change: func(p *plan) {
			p.setenv("HTTPS_PROXY", "http://"+httpProxyAddress)
			p.routes["tcp "+httpProxyAddress] = r
			p.proxy.http = answer
		}}
	}
	there := route{server: "http proxy"}
	for _, rec := range []recording{
		{"none", world{}, []string{"net.proxy"}},
		{"it opens the tunnel", world{change: throughProxy, after: openProxy}, []string{"net.proxy opens"}},
		{"it refuses", tunnels(denyTunnel, there), []string{"net.proxy refused"}},
		{"it closes the connection", tunnels(func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				conn.Close()
			}
		}, there), []string{"net.proxy refused"}},
		{"it does not answer", tunnels(func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				io.Copy(io.Discard, conn)
				conn.Close()
			}
		}, there), []string{"net.proxy silent"}},
		{"its port is closed", tunnels(denyTunnel, route{}), []string{"net.proxy no-proxy"}},
		{"it is silent", tunnels(denyTunnel, route{silent: true}), []string{"net.proxy no-proxy"}},
		{"its name has no address", world{change: func(p *plan) { p.setenv("HTTPS_PROXY", "http://proxy.nowhere.example:3128") }}, []string{"net.proxy no-proxy"}},
		{"a SOCKS proxy whose port is closed", world{limit: 2 * time.Second, change: func(p *plan) {
			p.setenv("HTTPS_PROXY", "socks5://"+httpProxyAddress)
			p.routes["tcp "+httpProxyAddress] = route{}
		}}, []string{"net.proxy no-proxy"}},
	} {
		t.Run(rec.name, func(t *testing.T) {
			t.Parallel()
			rec.hold(t, "env", "net.proxy")
		})
	}
}

func TestRecordedVolume(t *testing.T) {
	t.Parallel()
	volume := func(change func(*plan)) world { return world{only: []string{"volume.*"}, change: change} }
	token := func(text string) world {
		return volume(rewrite("token", func([]byte) ([]byte, error) { return []byte(text), nil }))
	}
	inside := func(mark string) world {
		return volume(rewrite("token", func(token []byte) ([]byte, error) { return slices.Concat(token[:40], []byte(mark), token[40:]), nil }))
	}
	bundle := func(text string) world {
		return volume(rewrite("ca.crt", func([]byte) ([]byte, error) { return []byte(text), nil }))
	}
	for _, rec := range []recording{
		{"healthy", volume(nil), []string{
			"volume.mount mounted", "volume.token fine", "volume.ca fine", "volume.ca.bundle no", "volume.ca.certificates 1", "volume.ca.validity now",
			"volume.namespace fine", "volume.namespace.agrees yes", "volume.namespace.value shop",
		}},
		{"not mounted", faulty("volume.not-mounted", "volume.*"), []string{"volume.mount absent", "volume.token", "volume.ca", "volume.namespace"}},
		{"covered", faulty("volume.covered", "volume.*"), []string{"volume.mount covered", "volume.token", "volume.ca", "volume.namespace"}},
		{"covered at /run, to which /var/run is a link", mountedAs(
			"1214 1204 0:227 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw\n1300 1204 0:240 / /run rw - tmpfs tmpfs rw\n"), []string{"volume.mount covered"}},
		{"covered by a mount over the volume itself", mountedAs(
			"1214 1204 0:227 / /" + volumeDir + " ro - tmpfs tmpfs rw\n1300 1214 0:240 / /" + volumeDir + " rw - tmpfs tmpfs rw\n"), []string{"volume.mount covered"}},
		{"absent, and the volume stood on a volume at /run", mountedAs(
			"1213 1204 0:240 / /run rw - tmpfs tmpfs rw\n1214 1213 0:227 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw\n"), []string{"volume.mount absent"}},
		{"absent, and another directory is covered", mountedAs(
			"1214 1204 0:227 / /" + volumeDir + " ro - tmpfs tmpfs rw\n1300 1204 0:240 / /var/run/lock rw - tmpfs tmpfs rw\n1301 1204 0:241 / /var/r rw - tmpfs tmpfs rw\n"), []string{"volume.mount absent"}},
		{"empty", faulty("volume.empty", "volume.*"), []string{"volume.mount empty", "volume.token"}},
		{"no token", faulty("volume.token-missing", "volume.*"), []string{"volume.mount mounted", "volume.token missing", "volume.ca fine", "volume.namespace.agrees"}},
		{"a link that leads nowhere", world{only: []string{"volume.*"}, after: func(pod *Pod) error {
			return os.Remove(filepath.Join(pod.System.Root, volumeDir, volumeNow, "token"))
		}}, []string{"volume.mount mounted", "volume.token dangling"}},
		{"an empty token", token(""), []string{"volume.token empty", "volume.mount mounted"}},
		{"a blank token", token(" \n"), []string{"volume.token blank"}},
		{"white space around the token", faulty("volume.token-dirty", "volume.*"), []string{"volume.token padded", "volume.namespace.agrees yes"}},
		{"a newline in the token", inside("\n"), []string{"volume.token control"}},
		{"a space in the token", inside(" "), []string{"volume.token dirty"}},
		{"a password", faulty("volume.token-malformed", "volume.*"), []string{"volume.token no-jwt"}},
		{"a JWT without a subject", token("e30.e30.e30"), []string{"volume.mount mounted"}},
		{"a token of 2 MiB", token(strings.Repeat("x", 2<<20)), []string{"volume.token unreadable", "volume.mount"}},
		{"no ca.crt", faulty("volume.ca-missing", "volume.*"), []string{"volume.ca missing", "volume.ca.certificates", "volume.ca.validity"}},
		{"an empty ca.crt", bundle(""), []string{"volume.ca empty"}},
		{"a ca.crt without a certificate", bundle("none\n"), []string{"volume.ca no-certificate"}},
		{"a ca.crt whose certificate is none", bundle("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), []string{"volume.ca broken"}},
		{"a ca.crt with a byte order mark", volume(rewrite("ca.crt", around("\ufeff", ""))), []string{"volume.ca other-pem"}},
		{"a ca.crt with the label of old OpenSSL", volume(rewrite("ca.crt", func(pem []byte) ([]byte, error) {
			return bytes.ReplaceAll(pem, []byte(" CERTIFICATE"), []byte(" X509 CERTIFICATE")), nil
		})), []string{"volume.ca other-pem"}},
		{"a comment before the CA", volume(rewrite("ca.crt", around("# CA\n", ""))), []string{"volume.ca fine", "volume.ca.beside text", "volume.ca.bundle no"}},
		{"white space behind the CA", volume(rewrite("ca.crt", around("", " "))), []string{"volume.ca fine", "volume.ca.beside behind"}},
		{"a ca.crt that is a directory", world{only: []string{"volume.*"}, after: file(volumeDir+"/ca.crt", func(path string) error { return os.Mkdir(path, 0o755) })}, []string{"volume.ca unreadable"}},
		{"an expired CA", faulty("volume.ca-expired", "volume.*"), []string{"volume.ca fine", "volume.ca.validity past"}},
		{"a CA that is not valid yet", volume(func(p *plan) { p.ahead = -10 * 365 * day }), []string{"volume.ca.validity future"}},
		{"two CAs", faulty("volume.ca-bundle", "volume.*"), []string{"volume.ca fine", "volume.ca.bundle yes", "volume.ca.certificates 2", "volume.ca.validity now"}},
		{"no namespace", faulty("volume.namespace-missing", "volume.*"), []string{"volume.namespace missing", "volume.namespace.agrees", "volume.namespace.value"}},
		{"a namespace that is a directory", world{only: []string{"volume.*"}, after: file(volumeDir+"/namespace", func(path string) error { return os.Mkdir(path, 0o755) })}, []string{"volume.namespace unreadable"}},
		{"another namespace", faulty("volume.namespace-mismatch", "volume.*"), []string{"volume.namespace fine", "volume.namespace.agrees no", "volume.namespace.value staging"}},
		{"a debugging container", world{only: []string{"volume.*"}, after: debugger("debugger-x7k2p")}, []string{"volume.mount debugger", "volume.token", "volume.ca"}},
	} {
		t.Run(rec.name, func(t *testing.T) {
			t.Parallel()
			rec.hold(t, "volume")
		})
	}
}
