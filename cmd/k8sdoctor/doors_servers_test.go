//go:build long

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	apiAt   = "10.96.0.1:443"
	proxyAt = "10.20.0.5:3128"
)

// at puts a listener of the test's at an address of the pod's.
func (s session) at(address, listener string) {
	dial := s.Sys.Dial
	s.Sys.Dial = func(ctx context.Context, network, to string) (net.Conn, error) {
		if to == address {
			return new(net.Dialer).DialContext(ctx, network, listener)
		}
		return dial(ctx, network, to)
	}
}

// answerAsAPI is an API server of the test's, which ca.crt vouches for unless
// edit gives its certificate another form.
func (s session) answerAsAPI(t *testing.T, issuer pkix.Name, edit func(*x509.Certificate), handler http.HandlerFunc) {
	t.Helper()
	authority := newCA(t, issuer)
	leaf := &x509.Certificate{
		Subject: pkix.Name{CommonName: "kube-apiserver"}, SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP("10.96.0.1")},
	}
	if edit != nil {
		edit(leaf)
	}
	cert, key := authority.sign(t, leaf)
	write(t, s, "/"+volume+"/ca.crt", authority.pem())
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	s.at(apiAt, server.Listener.Addr().String())
}

// oneLine is a text as a header may have it.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func serverDoors() []door {
	const api = "tls.chain,tls.host,tls.name,tls.validity,auth.review,auth.clock,api.versions,api.health,api.version"
	answers := func(name string, answer func(w http.ResponseWriter, r *http.Request, text string)) door {
		return door{name: name, only: api, open: func(t *testing.T, s session, text string) {
			s.answerAsAPI(t, pkix.Name{CommonName: "ca"}, nil, func(w http.ResponseWriter, r *http.Request) { answer(w, r, text) })
		}}
	}
	header := func(name string) door {
		return answers("header "+name+" of the API server", func(w http.ResponseWriter, _ *http.Request, text string) {
			w.Header().Set(name, oneLine(text))
			w.WriteHeader(http.StatusBadGateway)
		})
	}
	unseen := func(d door) door {
		d.silent = true
		return d
	}
	certificate := func(name string, issuer func(string) pkix.Name, edit func(*x509.Certificate, string)) door {
		return door{name: name, only: api, open: func(t *testing.T, s session, text string) {
			s.answerAsAPI(t, issuer(text), func(leaf *x509.Certificate) { edit(leaf, text) }, func(http.ResponseWriter, *http.Request) {})
		}}
	}
	plain := func(string) pkix.Name { return pkix.Name{CommonName: "ca"} }
	status := func(code int) door {
		return answers(fmt.Sprintf("message of a Status with %d", code), func(w http.ResponseWriter, _ *http.Request, text string) {
			w.Header().Set("Audit-Id", "x")
			w.WriteHeader(code)
			json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "message": text})
		})
	}
	return []door{
		header("Server"), header("Via"), header("Warning"), header("Location"), header("Audit-Id"), header("Retry-After"),
		unseen(header("Set-Cookie")), unseen(header("Www-Authenticate")), unseen(header("Content-Type")),
		status(401), status(403), status(429), status(500),
		answers("body of a 502", func(w http.ResponseWriter, _ *http.Request, text string) {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>upstream "+text+"</html>")
		}),
		answers("body of a 200", func(w http.ResponseWriter, _ *http.Request, text string) { io.WriteString(w, "hello "+text) }),
		answers("body that is cut within the secret", func(w http.ResponseWriter, _ *http.Request, text string) {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, strings.Repeat("x", 125)+" "+text)
		}),
		answers("redirect to another host", func(w http.ResponseWriter, r *http.Request, text string) {
			http.Redirect(w, r, "https://sso.example/login?to="+url.QueryEscape(text), http.StatusTemporaryRedirect)
		}),
		answers("account and groups of a review", func(w http.ResponseWriter, r *http.Request, text string) {
			w.WriteHeader(http.StatusCreated)
			json.NewEncoder(w).Encode(map[string]any{"kind": "SelfSubjectReview", "status": map[string]any{"userInfo": map[string]any{"username": text, "groups": []string{text}}}})
		}),
		answers("answers of /api, /version and /readyz", func(w http.ResponseWriter, r *http.Request, text string) {
			switch r.URL.Path {
			case "/api":
				json.NewEncoder(w).Encode(map[string]any{"kind": "APIVersions", "versions": []string{text}, "serverAddressByClientCIDRs": []map[string]string{{"clientCIDR": text, "serverAddress": text}}})
			case "/version":
				json.NewEncoder(w).Encode(map[string]string{"gitVersion": text, "major": text, "minor": text})
			case "/readyz", "/livez":
				io.WriteString(w, text)
			default:
				w.WriteHeader(http.StatusCreated)
				io.WriteString(w, `{"kind":"SelfSubjectReview","status":{"userInfo":{"username":"system:serviceaccount:shop:web"}}}`)
			}
		}),
		certificate("subject of the certificate", plain, func(leaf *x509.Certificate, text string) { leaf.Subject = pkix.Name{CommonName: text} }),
		certificate("organization of the certificate", plain, func(leaf *x509.Certificate, text string) { leaf.Subject = pkix.Name{Organization: []string{text}} }),
		certificate("issuer of the certificate", func(text string) pkix.Name { return pkix.Name{CommonName: text} }, func(*x509.Certificate, string) {}),
		certificate("names in the certificate", plain, func(leaf *x509.Certificate, text string) { leaf.DNSNames = []string{"ok.example", text} }),
		certificate("names in a certificate that does not fit", plain, func(leaf *x509.Certificate, text string) {
			leaf.DNSNames, leaf.IPAddresses = []string{text}, nil
		}),
		{name: "plain text on the TLS port", only: api, silent: true, open: func(t *testing.T, s session, text string) { s.at(apiAt, sayer(t, text)) }},
	}
}

// sayer is the address of a server that says a text to whoever has said something.
func sayer(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			io.WriteString(c, text)
			c.Close()
		}
	}()
	return l.Addr().String()
}

func proxyDoors() []door {
	says := func(name, before, after string) door {
		return door{name: name, only: "env.proxy,net.proxy", open: func(t *testing.T, s session, text string) {
			s.Sys.Env["HTTPS_PROXY"] = "http://" + proxyAt
			s.at(proxyAt, sayer(t, before+oneLine(text)+after))
		}}
	}
	sidecar := func(name string, silent bool, answer func(w http.ResponseWriter, text string)) door {
		return door{name: name, silent: silent, only: "kubectl-proxy.api", open: func(t *testing.T, s session, text string) {
			s.Sys.KubectlProxy = &url.URL{Scheme: "http", Host: "127.0.0.1:8001", User: url.UserPassword("user", text)}
			s.answer(t, "127.0.0.1:8001", func(w http.ResponseWriter, _ *http.Request) { answer(w, text) })
		}}
	}
	unseen := says("headers of a proxy", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ", "\r\n\r\n")
	unseen.silent = true
	return []door{
		says("status of a proxy", "HTTP/1.1 403 ", "\r\n\r\n"), unseen,
		says("no HTTP of a proxy", "", "\r\n\r\n"),
		says("half an answer of a proxy", "HTTP/1.1 ", ""),
		sidecar("URL of a kubectl proxy", false, func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusBadGateway) }),
		sidecar("body of a kubectl proxy", false, func(w http.ResponseWriter, text string) {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "dial tcp "+text)
		}),
		sidecar("redirect of a kubectl proxy", false, func(w http.ResponseWriter, text string) {
			w.Header().Set("Location", oneLine(text))
			w.Header().Set("Server", oneLine(text))
			w.WriteHeader(http.StatusFound)
		}),
	}
}
