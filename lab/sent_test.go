package lab

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// thief is where hostile servers would like the token to go.
const thief = "10.96.66.6"

// TestTokenAsSent records the packets of a run for every fault, and for servers
// and variables that mean harm: the token is in none of them but inside TLS with a
// server that ca.crt vouches for.
func TestTokenAsSent(t *testing.T) {
	type row struct {
		name   string
		change func(*plan)
		after  func(*wire) func(*Pod) error
		// arrives is set where the token must reach the API server.
		arrives bool
	}
	rows := []row{{name: "healthy", change: func(*plan) {}, arrives: true}}
	for _, f := range Faults() {
		rows = append(rows, row{name: f.Code, change: f.apply})
	}
	redirect := func(to string) func(*plan) {
		return func(p *plan) {
			p.routes["tcp "+thief+":80"], p.routes["tcp "+thief+":443"], p.routes["tcp "+serviceIP+":80"] = route{server: "thief"}, route{server: "tls thief"}, route{server: "thief"}
			handle(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) })(p)
		}
	}
	for _, to := range []string{"http://" + thief + "/steal", "https://" + thief + "/steal", "http://" + serviceIP + "/steal", "//" + thief + "/steal", "/steal"} {
		rows = append(rows, row{name: "redirect to " + to, change: redirect(to), after: thieves, arrives: true})
	}
	through := func(format string) func(*plan) {
		return func(p *plan) {
			p.setenv("HTTPS_PROXY", format)
			p.routes["tcp "+httpProxyAddress] = route{server: "proxy"}
		}
	}
	for _, kind := range []string{"tls", "plain", "silent"} {
		rows = append(rows, row{name: "a proxy that keeps the tunnel, " + kind, change: through("http://" + httpProxyAddress), after: keepingProxy(kind)})
	}
	for _, format := range []string{"http://%s@" + httpProxyAddress, "http://user:%s@" + httpProxyAddress, "socks5://user:%s@" + httpProxyAddress, "http://%s:3128", "%s"} {
		for _, part := range []string{"the token", "its signature", "a piece"} {
			name := "HTTPS_PROXY=" + strings.ReplaceAll(format, "%s", part)
			rows = append(rows, row{name: name, change: through(""), after: tokenInVariable("HTTPS_PROXY", format, part)})
		}
	}
	for _, name := range []string{"KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBERNETES_PORT_443_TCP_ADDR", "POD_NAMESPACE"} {
		for _, part := range []string{"the token", "its signature", "a piece"} {
			rows = append(rows, row{name: name + " is " + part, change: func(*plan) {}, after: tokenInVariable(name, "%s", part)})
		}
	}
	rows = append(rows,
		row{name: "the token is the user of a kubectl proxy", change: func(*plan) {}, after: tokenForSidecar},
		row{name: "the token is a search domain", change: func(*plan) {}, after: tokenInFile("etc/resolv.conf", "nameserver "+dnsIP+"\nsearch %s svc.cluster.local\n"), arrives: true},
		row{name: "the token is the namespace", change: func(*plan) {}, after: tokenInFile(volumeDir+"/namespace", "%s"), arrives: true},
		row{name: "a server of the same authority with another name", change: func(p *plan) {
			editLeaf(func(leaf *x509.Certificate) { leaf.DNSNames, leaf.IPAddresses = []string{"kubelet.example"}, nil })(p)
		}},
	)

	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			w, system := newWire(), (*Pod)(nil)
			var found []string
			arrived := 0
			o := world{
				change: func(p *plan) { r.change(p); w.watch(p) },
				after: func(pod *Pod) error {
					system = pod
					if w.tap(pod); r.after != nil {
						return r.after(w)(pod)
					}
					return nil
				},
				seen: func(o outcome) { found, arrived = w.leaks(system.System, o.secret) },
			}.look(t)
			for _, leak := range found {
				t.Error(leak)
			}
			for _, result := range o.results {
				if r.after == nil && showsIn(result, "[redacted]") {
					t.Errorf("%s hides what is no secret: %s %v", result.ID, result.Summary, result.Evidence)
				}
			}
			if r.arrives && arrived == 0 {
				t.Error("no token has arrived anywhere: nothing was tested")
			}
		})
	}
}

// TestWireFindsAToken lets the token out, to see that it would be noticed.
func TestWireFindsAToken(t *testing.T) {
	secret := "c2lnbmF0dXJlLW9mLXRoZS10b2tlbi1pcy1oZXJl"
	for _, test := range []struct {
		name, sent string
		leaks      bool
	}{
		{"as it is", "GET / HTTP/1.1\r\nAuthorization: Bearer x.y." + secret, true},
		{"a piece", "?q=" + secret[5:17], true},
		{"less than a piece", "?q=" + secret[5:16], false},
		{"in basic auth", "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret)), true},
		{"something else", "CONNECT 10.96.0.1:443 HTTP/1.1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if piece := readable([]byte(test.sent), secret); (piece != "") != test.leaks {
				t.Errorf("got %q", piece)
			}
		})
	}
}

// thieves listen at the end of redirects, with and without TLS.
func thieves(w *wire) func(*Pod) error {
	return func(pod *Pod) error {
		served := w.noteTokens("thief", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "thanks") }))
		if err := pod.serveHTTP("thief", served); err != nil {
			return err
		}
		config, err := foreignConfig(w)
		if err != nil {
			return err
		}
		return pod.listen("tls thief", func(l net.Listener) func() { return httpService(served)(tls.NewListener(l, config)) })
	}
}

func foreignConfig(w *wire) (*tls.Config, error) {
	other, err := newAuthority(named("kubernetes"))
	if err != nil {
		return nil, err
	}
	cert, err := other.issue(serverLeaf("cluster.local"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	w.noteCertificates(config)
	return config, nil
}

// keepingProxy says that it has opened a tunnel, and speaks to the pod itself.
func keepingProxy(kind string) func(*wire) func(*Pod) error {
	return func(w *wire) func(*Pod) error {
		return func(pod *Pod) error {
			config, err := foreignConfig(w)
			if err != nil {
				return err
			}
			served := w.noteTokens("proxy", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "thanks") }))
			return pod.listen("proxy", rawService(func(c net.Conn) {
				if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
				switch kind {
				case "tls":
					serveOne(tls.Server(c, config), served)
				case "plain":
					serveOne(c, served)
				default:
					io.Copy(io.Discard, c)
				}
			}))
		}
	}
}

// serveOne serves HTTP on one connection.
func serveOne(c net.Conn, handler http.Handler) {
	request, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	request.RemoteAddr = c.RemoteAddr().String()
	if _, secured := c.(*tls.Conn); secured {
		request.TLS = new(tls.ConnectionState)
	}
	handler.ServeHTTP(discard{http.Header{}}, request)
	io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// tokenPart is the pod's token or a part of it that can be told from others.
func tokenPart(pod *Pod, part string) (string, error) {
	token, err := os.ReadFile(filepath.Join(pod.System.Root, volumeDir, "token"))
	if err != nil {
		return "", err
	}
	switch signature := signatureOf(string(token)); part {
	case "its signature":
		return signature, nil
	case "a piece":
		return "a" + strings.ReplaceAll(signature[10:40], "_", "-") + "a", nil
	}
	return string(token), nil
}

func tokenInVariable(name, format, part string) func(*wire) func(*Pod) error {
	return func(w *wire) func(*Pod) error {
		return func(pod *Pod) error {
			text, err := tokenPart(pod, part)
			if err != nil {
				return err
			}
			pod.System.Env[name] = strings.ReplaceAll(format, "%s", text)
			return keepingProxy("tls")(w)(pod)
		}
	}
}

func tokenForSidecar(w *wire) func(*Pod) error {
	return func(pod *Pod) error {
		text, err := tokenPart(pod, "the token")
		if err != nil {
			return err
		}
		pod.System.KubectlProxy = &url.URL{Scheme: "http", Host: kubectlProxyAddress, User: url.UserPassword("user", text)}
		pod.dialer.set("tcp "+kubectlProxyAddress, route{server: "sidecar"})
		return pod.serveHTTP("sidecar", w.noteTokens("sidecar", http.HandlerFunc(loginPage)))
	}
}

func tokenInFile(name, format string) func(*wire) func(*Pod) error {
	return func(*wire) func(*Pod) error {
		return func(pod *Pod) error {
			text, err := tokenPart(pod, "its signature")
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(pod.System.Root, name), []byte(strings.ReplaceAll(format, "%s", text)), 0o600)
		}
	}
}
