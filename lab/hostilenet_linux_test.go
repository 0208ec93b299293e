package lab

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// twoMiB is made once: the servers of the test live in the process whose memory is measured.
var twoMiB = strings.Repeat("x", 2<<20)

// drip sends a byte a second, for as long as the peer stays.
func drip(text []byte) func(net.Conn) {
	return func(c net.Conn) {
		go io.Copy(io.Discard, c)
		for i := 0; ; i++ {
			if _, err := c.Write(text[i%len(text) : i%len(text)+1]); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}
}

// say sends a text to whoever connects, and closes.
func say(text []byte) func(net.Conn) {
	return func(c net.Conn) {
		c.Write(text)
		io.CopyN(io.Discard, c, 1)
	}
}

func hostileTLS() []hostile {
	raw := func(serve func(net.Conn)) func(*plan) { return func(p *plan) { p.api.raw = serve } }
	return []hostile{
		{
			name: "TLS says nothing", check: "tls.chain", status: observe.Fail, cause: "net.handshake-stalled",
			change: raw(func(c net.Conn) { io.Copy(io.Discard, c) }),
		},
		{
			name: "TLS drips", check: "tls.chain", status: observe.Fail, cause: "net.handshake-stalled",
			change: raw(drip([]byte("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"))),
		},
		{
			name: "TLS closes at once", check: "tls.chain", status: observe.Fail,
			change: raw(func(net.Conn) {}),
		},
		{
			name: "TLS is an SSH banner", check: "tls.chain", status: observe.Fail,
			change: raw(say([]byte("SSH-2.0-OpenSSH_9.9\r\n"))),
		},
		{
			name: "TLS is random bytes", check: "tls.chain", status: observe.Fail,
			change: raw(say(noise(100000))),
		},
		{
			name: "TLS is a record that never ends", check: "tls.chain", status: observe.Fail,
			change: raw(func(c net.Conn) {
				for record := append([]byte("\x16\x03\x03\x3f\xff\x02\xff\xff\xff"), make([]byte, 0x3ffb)...); ; {
					if _, err := c.Write(record); err != nil {
						return
					}
				}
			}),
		},
		{
			name: "TLS with 10,000 SANs", check: "tls.host", status: observe.Fail, cause: "tls.host-not-covered",
			change: editLeaf(func(leaf *x509.Certificate) {
				leaf.IPAddresses = nil
				leaf.DNSNames = names("n%d.example", 10000)
			}),
		},
		{
			name: "TLS with 10,000 long SANs", check: "tls.chain", status: observe.Fail,
			change: editLeaf(func(leaf *x509.Certificate) {
				leaf.DNSNames = names(strings.Repeat("long.", 40)+"n%d.example", 10000)
			}),
		},
		{
			name: "TLS with a chain of 300", check: "tls.chain", status: observe.Fail,
			change: func(p *plan) {
				p.tls.issue = func(_ *authority, leaf *x509.Certificate) (tls.Certificate, error) { return longChain(leaf, 300) }
			},
		},
	}
}

// longChain makes a chain of n certificates to a root of its own.
func longChain(leaf *x509.Certificate, n int) (tls.Certificate, error) {
	a, err := newAuthority(named("root"))
	if err != nil {
		return tls.Certificate{}, err
	}
	var above [][]byte
	for i := range n - 1 {
		if a, err = a.issueAuthority(named(fmt.Sprintf("intermediate %d", i))); err != nil {
			return tls.Certificate{}, err
		}
		above = append([][]byte{a.cert.Raw}, above...)
	}
	cert, err := a.issue(leaf)
	cert.Certificate = append(cert.Certificate, above...)
	return cert, err
}

func hostileHTTP() []hostile {
	html := http.HandlerFunc(loginPage)
	// hijack answers below HTTP, over HTTP/1.1 and TLS.
	hijack := func(serve func(net.Conn)) func(*plan) {
		return func(p *plan) {
			p.api.http1 = true
			handle(func(w http.ResponseWriter, r *http.Request) {
				if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
					defer c.Close()
					serve(c)
				}
			})(p)
		}
	}
	body := func(contentType, text string) func(*plan) {
		return handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(http.StatusCreated)
			io.WriteString(w, text)
		})
	}
	review := func(name string, change func(*plan)) hostile {
		return hostile{name: name, check: "auth.review", status: observe.Fail, change: change}
	}
	proxy := func(name string, serve func(net.Conn)) hostile {
		return hostile{
			name: name, check: "net.proxy", status: observe.Fail,
			change: func(p *plan) {
				p.setenv("HTTPS_PROXY", "http://"+httpProxyAddress)
				p.routes["tcp "+httpProxyAddress] = route{server: "hostile"}
			},
			after: func(pod *Pod) error { return pod.listen("hostile", rawService(serve)) },
		}
	}
	kubectlProxy := func(name string, serve func(net.Conn)) hostile {
		return hostile{
			name: name, check: "kubectl-proxy.api", status: observe.Fail,
			change: func(p *plan) {
				p.expectKubectlProxy(html)
				p.proxy.kubectl = nil
			},
			after: func(pod *Pod) error { return pod.listen("kubectl proxy", rawService(serve)) },
		}
	}
	endlessHeaders := repeat("HTTP/1.1 200 OK\r\n", "X-Filler: "+strings.Repeat("x", 1000)+"\r\n")
	oneHeader := repeat("HTTP/1.1 200 OK\r\nX-Filler: ", strings.Repeat("x", 1000))
	endlessBody := repeat("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", strings.Repeat(" ", 1000))
	endlessInfo := repeat("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
	quiet := func(c net.Conn) { io.Copy(io.Discard, c) }

	return []hostile{
		review("HTTP says nothing", hijack(quiet)),
		review("HTTP drips its headers", hijack(drip([]byte("HTTP/1.1 200 OK\r\nX: y\r\n")))),
		review("HTTP has headers without end", hijack(endlessHeaders)),
		review("HTTP has one header without end", hijack(oneHeader)),
		review("HTTP has hints without end", hijack(endlessInfo)),
		review("HTTP has a body without end", hijack(endlessBody)),
		review("HTTP is random bytes", hijack(say(noise(100000)))),
		review("HTTP/2 says nothing", handle(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })),
		review("HTTP/2 drips its body", handle(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, "{")
				http.NewResponseController(w).Flush()
				time.Sleep(time.Second)
			}
		})),
		review("HTTP/2 has a body without end", handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			io.WriteString(w, `{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","status":{"userInfo":{"username":"`)
			for {
				if _, err := io.WriteString(w, strings.Repeat("a", 64<<10)); err != nil {
					return
				}
			}
		})),
		review("HTTP/2 has a header of 2 MiB", handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Filler", twoMiB)
			w.WriteHeader(http.StatusCreated)
		})),
		review("HTTP has a body of 4 GiB in 4 MiB", handle(bomb)),
		review("HTTP redirects to itself", handle(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
		})),
		review("HTTP redirects elsewhere", handle(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.96.66.6/steal", http.StatusTemporaryRedirect)
		})),
		review("HTTP is HTML with 200", handle(html)),
		review("JSON is of another kind", body("application/json", `{"kind":"Pod","apiVersion":"v1"}`)),
		review("JSON is a list", body("application/json", `[1,2,3]`)),
		review("JSON is nested without end", body("application/json", strings.Repeat(`{"status":`, 200000))),
		review("JSON has texts where objects belong", body("application/json",
			`{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","status":"ok"}`)),
		review("JSON is empty", body("application/json", "")),
		review("protobuf is noise", body("application/vnd.kubernetes.protobuf", "k8s\x00"+string(noise(5000)))),
		{
			name: "JSON names an account with escapes", check: "auth.review", status: observe.Warn, cause: "token.other-account",
			change: body("application/json",
				`{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","status":{"userInfo":{"username":"\u001b[2Jroot\r\n"}}}`),
		},
		{
			name: "HTTP sends the token back", check: "auth.review", status: observe.Warn,
			change: handle(func(w http.ResponseWriter, r *http.Request) {
				token := r.Header.Get("Authorization")
				w.Header().Set("Audit-Id", token)
				status(w, http.StatusForbidden, token, `User "`+token+`" cannot do anything`, nil)
			}),
		},
		{
			name: "HTTP calls the account by a piece of the token", check: "auth.review", status: observe.Warn,
			change: handle(func(w http.ResponseWriter, r *http.Request) {
				token := r.Header.Get("Authorization")
				status(w, http.StatusForbidden, "Forbidden", `User "`+token[max(0, len(token)-40):]+`" cannot do anything`, nil)
			}),
		},
		proxy("a proxy says nothing", quiet),
		proxy("a proxy drips", drip([]byte("HTTP/1.1 200 OK\r\nX: y\r\n"))),
		proxy("a proxy has headers without end", endlessHeaders),
		proxy("a proxy is random bytes", say(noise(100000))),
		kubectlProxy("a kubectl proxy says nothing", quiet),
		kubectlProxy("a kubectl proxy drips", drip([]byte("HTTP/1.1 200 OK\r\nX: y\r\n"))),
		kubectlProxy("a kubectl proxy has headers without end", endlessHeaders),
		kubectlProxy("a kubectl proxy has a body without end", endlessBody),
		kubectlProxy("a kubectl proxy is random bytes", say(noise(100000))),
	}
}

// repeat sends the head once and the rest for as long as the peer stays.
func repeat(head, rest string) func(net.Conn) {
	return func(c net.Conn) {
		chunk := bytes.Repeat([]byte(rest), 1+32<<10/len(rest))
		for text := []byte(head); ; text = chunk {
			if _, err := c.Write(text); err != nil {
				return
			}
		}
	}
}

// bomb sends 4 GiB of spaces, compressed.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(http.StatusCreated)
	for range 4 << 10 { // gzip allows any number of members in a row
		if _, err := w.Write(mebibyteOfSpaces()); err != nil {
			return
		}
	}
}

// mebibyteOfSpaces is one member of gzip, made once: the time that it takes is the world's and
// not the doctor's.
var mebibyteOfSpaces = sync.OnceValue(func() []byte {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	z.Write(bytes.Repeat([]byte(" "), 1<<20))
	z.Close()
	return member.Bytes()
})
