package lab

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/pod"
)

// wire records every byte that leaves the pod, and where its token arrives.
type wire struct {
	mu       sync.Mutex
	streams  []*stream
	shown    map[string]*x509.Certificate // by the address of the client
	arrivals []arrival
}

// stream is what was written to one connection.
type stream struct {
	net.Conn
	to   string
	mu   sync.Mutex
	sent bytes.Buffer
}

// arrival is a request with a token that a server has read.
type arrival struct {
	server string
	cert   *x509.Certificate // that the server had shown; nil without TLS
}

func newWire() *wire { return &wire{shown: map[string]*x509.Certificate{}} }

// tap records what the pod sends, on every connection it has.
func (w *wire) tap(pod *Pod) {
	dial := pod.System.Dial
	pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s := &stream{Conn: c, to: network + " " + address}
		w.mu.Lock()
		w.streams = append(w.streams, s)
		w.mu.Unlock()
		return s, nil
	}
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	s.sent.Write(b)
	s.mu.Unlock()
	return s.Conn.Write(b)
}

// watch has the API server of the plan, as it is when all else has changed it,
// tell which certificate it shows and which tokens it reads.
func (w *wire) watch(p *plan) {
	p.tls.config = append(p.tls.config, func(c *tls.Config) { w.noteCertificates(c) })
	p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler { return w.noteTokens("api", next) })
}

func (w *wire) noteCertificates(c *tls.Config) {
	own, choose := c.Certificates, c.GetCertificate
	c.Certificates = nil // or GetCertificate is not asked without a server name
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := (*tls.Certificate)(nil), error(nil)
		if choose != nil {
			cert, err = choose(hello)
		} else {
			cert = &own[0]
		}
		if err == nil {
			var leaf *x509.Certificate
			leaf, err = x509.ParseCertificate(cert.Certificate[0])
			w.mu.Lock()
			w.shown[hello.Conn.RemoteAddr().String()] = leaf
			w.mu.Unlock()
		}
		return cert, err
	}
}

func (w *wire) noteTokens(server string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			w.mu.Lock()
			a := arrival{server: server + " " + r.URL.Path}
			if r.TLS != nil {
				a.cert = w.shown[r.RemoteAddr]
			}
			w.arrivals = append(w.arrivals, a)
			w.mu.Unlock()
		}
		next.ServeHTTP(rw, r)
	})
}

// leaks lists the connections on which a part of the token can be read, and the
// servers that it reached although ca.crt does not vouch for them; arrivals is
// how often it reached any.
func (w *wire) leaks(sys *pod.System, secret string) (found []string, arrivals int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.streams {
		s.mu.Lock()
		if piece := readable(s.sent.Bytes(), secret); piece != "" {
			found = append(found, fmt.Sprintf("%s: %q of the token can be read", s.to, piece))
		}
		s.mu.Unlock()
	}
	for _, a := range w.arrivals {
		if err := vouched(sys, a.cert); err != nil {
			found = append(found, fmt.Sprintf("%s has got a token: %v", a.server, err))
		}
	}
	return found, len(w.arrivals)
}

// vouched says why the token must not go to the owner of a certificate.
func vouched(sys *pod.System, cert *x509.Certificate) error {
	if cert == nil {
		return errors.New("without TLS")
	}
	bundle, err := os.ReadFile(filepath.Join(sys.Root, volumeDir, "ca.crt"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(bundle)
	_, err = cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: sys.Env["KUBERNETES_SERVICE_HOST"], CurrentTime: sys.Now()})
	return err
}

var inBase64 = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}`)

// readable returns twelve characters of the secret that can be read in what was
// sent, as they are or in base64.
func readable(sent []byte, secret string) string {
	texts := []string{string(sent)}
	for _, run := range inBase64.FindAllString(texts[0], -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		plain, _ := base64.RawStdEncoding.DecodeString(run[:len(run)/4*4])
		texts = append(texts, string(plain))
	}
	const length = 12
	for i := 0; i+length <= len(secret); i++ {
		for _, text := range texts {
			if piece := secret[i : i+length]; strings.Contains(text, piece) {
				return piece
			}
		}
	}
	return ""
}
