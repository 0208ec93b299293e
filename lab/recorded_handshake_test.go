package lab

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestRecordedTLSHandshakes holds what is recorded of handshakes in which no
// certificate comes against worlds in which it is known.
func TestRecordedTLSHandshakes(t *testing.T) {
	t.Parallel()
	raw := func(serve func(net.Conn)) func(*plan) { return func(p *plan) { p.api.raw = serve } }
	for _, test := range []recordedWorld{
		{
			name: "TLS 1.0 and 1.1 only", change: faultOf("tls.no-common-version"),
			want:   []observe.Prediction{observe.TLSHandshake.Is(observe.Alerted), observe.TLSAlert.Is(observe.AlertVersion), observe.WithName.Is(observe.Alerted), observe.FreshVerified.None()},
			unseen: []*observe.Row{observe.TLSVerifyError.Row, observe.TLSIssuer.Row, observe.FreshCertificates.Row},
		},
		{
			name: "a server that picks a version that nobody offered",
			change: raw(func(c net.Conn) {
				c.Read(make([]byte, 4096))
				hello := append([]byte("\x03\x01"), make([]byte, 32)...)      // TLS 1.0, random
				hello = append(hello, "\x00\xc0\x13\x00"...)                  // no session, a cipher suite, no compression
				record := append([]byte{2, 0, 0, byte(len(hello))}, hello...) // ServerHello
				c.Write(append([]byte{22, 3, 1, 0, byte(len(record))}, record...))
				io.Copy(io.Discard, c)
			}),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.NoVersion)},
		},
		{
			name: "only to those who send a server name", change: faultOf("net.sni-required"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Alerted), observe.TLSAlert.Is(observe.AlertName), observe.WithoutName.Is(observe.Alerted), observe.WithName.Is(observe.Verifies),
			},
		},
		{
			name: "a certificate of the client is demanded in TLS 1.2",
			change: func(p *plan) {
				p.tls.config = append(p.tls.config, func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 })
			},
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Alerted), observe.TLSAlert.Is(observe.AlertCertificate)},
		},
		{
			name: "an alert of another kind", change: raw(alertAfterHello(80)),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Alerted), observe.TLSAlert.Is(observe.AlertOther)},
		},
		{
			name: "plain HTTP", change: faultOf("tls.not-tls"),
			want:  []observe.Prediction{observe.TLSHandshake.Is(observe.PlainHTTP), observe.WithName.Is(observe.PlainHTTP)},
			texts: map[observe.Text]string{observe.TLSFirstBytes: "HTTP/1.1 400 Bad Request"},
		},
		{
			name: "SSH, in pieces", change: raw(pieces("SSH", "-2.0-", "OpenSSH_9.9\r\n")),
			want:  []observe.Prediction{observe.TLSHandshake.Is(observe.OtherBytes)},
			texts: map[observe.Text]string{observe.TLSFirstBytes: "SSH-2.0-OpenSSH_9.9"},
		},
		{
			name: "a greeting that is no text, and then nothing", change: raw(pieces("J\x00\x00\x00\x0a8.0.36\x00")),
			want:  []observe.Prediction{observe.TLSHandshake.Is(observe.OtherBytes)},
			texts: map[observe.Text]string{observe.TLSFirstBytes: `J\x00\x00\x00\n8.0.36\x00`},
		},
		{
			name: "three bytes, and the end", change: raw(sayAfterHello("+OK")),
			want:  []observe.Prediction{observe.TLSHandshake.Is(observe.OtherBytes)},
			texts: map[observe.Text]string{observe.TLSFirstBytes: "+OK"},
		},
		{
			name: "more than is kept", change: raw(pieces(strings.Repeat("x", 200))),
			want:  []observe.Prediction{observe.TLSHandshake.Is(observe.OtherBytes)},
			texts: map[observe.Text]string{observe.TLSFirstBytes: strings.Repeat("x", 64)},
		},
		{
			name: "a record that breaks off", change: raw(sayAfterHello("\x16\x03\x03\x00\x40\x02")),
			want:   []observe.Prediction{observe.TLSHandshake.Is(observe.HandshakeClosed)},
			unseen: []*observe.Row{observe.TLSFirstBytes.Row},
		},
		{
			name: "a handshake that is none of the server's", change: raw(pieces("\x16\x03\x03\x00\x04\x0e\x00\x00\x00")),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.OtherHandshake)},
		},
		{
			name: "silence", change: faultOf("net.handshake-stalled"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.HandshakeSilent), observe.SegmentUsual.Is(observe.HandshakeSilent), observe.SegmentSmall.Is(observe.HandshakeSilent),
				observe.FreshVerified.None(), observe.AgainConnects.Every(),
			},
			unseen: []*observe.Row{observe.WithName.Row, observe.FreshCertificates.Row},
		},
		{
			name: "the first handshake alone is silent", change: firstSilent,
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.HandshakeSilent), observe.SegmentUsual.Is(observe.Verifies), observe.SegmentSmall.Is(observe.Verifies), observe.FreshVerified.Every(),
			},
		},
		{
			name: "closed", change: faultOf("net.mesh-intercepts"),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.HandshakeClosed), observe.WithoutName.Is(observe.HandshakeClosed), observe.WithName.Is(observe.HandshakeClosed)},
		},
		{
			name: "TCP connects once and never again, and a name is silent for so long that the connection idles",
			change: func(p *plan) {
				hostAt(p, "api.shop.example", namedAPI)
				p.routes["tcp "+apiAddress], p.routes["tcp "+namedAPI+":443"] = route{silent: true}, route{server: "api"}
			},
			after:  refuseAllButOne,
			want:   []observe.Prediction{observe.TLSHandshake.Is(observe.NoConnection), observe.AgainConnects.None(), observe.AgainRefused.Every(), observe.WithName.Is(observe.NoConnection)},
			unseen: []*observe.Row{observe.TLSVersion.Row, observe.FreshVerified.Row, observe.FreshCertificates.Row},
		},
	} {
		t.Run(test.name, test.run)
	}
}

// alertAfterHello ends every handshake with an alert of that number, see RFC 8446,
// section 6.
func alertAfterHello(number byte) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 4096))
		c.Write([]byte{21, 3, 3, 0, 2, 2, number})
		io.Copy(io.Discard, c)
	}
}

// sayAfterHello answers the client's hello with a text, and closes.
func sayAfterHello(text string) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, text)
	}
}

// pieces sends one text after the other, with a moment between.
func pieces(texts ...string) func(net.Conn) {
	return func(c net.Conn) {
		for _, text := range texts {
			time.Sleep(20 * time.Millisecond)
			io.WriteString(c, text)
		}
		io.Copy(io.Discard, c)
	}
}

// firstSilent has the first connection that says something get no answer.
func firstSilent(p *plan) {
	var hellos atomic.Int64
	p.tls.config = append(p.tls.config, func(c *tls.Config) {
		c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hellos.Add(1) == 1 {
				io.Copy(io.Discard, hello.Conn)
			}
			return nil, nil
		}
	})
}

const namedAPI = "198.51.100.3"

// refuseAllButOne has one connection to namedAPI succeed, those of net.connect after it wait,
// and all others be refused.
func refuseAllButOne(pod *Pod) error {
	dial := pod.System.Dial
	var made atomic.Int64
	pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != namedAPI+":443" {
			return dial(ctx, network, address)
		}
		switch n := made.Add(1); {
		case n > 8:
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		case n > 1:
			<-ctx.Done()
		}
		return dial(ctx, network, address)
	}
	return nil
}
