package netprobe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// HandshakeResult is what one TLS handshake has shown.
type HandshakeResult struct {
	State   tls.ConnectionState
	Served  []*x509.Certificate // what the server sent, leaf first; none when no certificate came
	Path    []*x509.Certificate // from the leaf to a certificate of ca.crt; none when there is no such path
	Chain   observe.VerifyError // why there is none, or none that is valid now; "" when no certificate came
	Unknown error               // the same as an error; nil where there is a path
	Err     error               // why the certificate is not accepted for the host, or why none came
	Alert   *alert              // what ended it, if that was an alert of the server's
	First   []byte              // the first bytes that came, at most maxFirst
	silent  bool                // nothing came in time
	Took    time.Duration
}

// Handshake makes one TLS handshake on conn and leaves the connection open. The end
// of ctx ends it by a deadline: a handshake with ctx would close the connection
// and with it what the kernel knows of it.
func Handshake(ctx context.Context, sys *pod.System, cas []*x509.Certificate, conn net.Conn, config *tls.Config) (*tls.Conn, HandshakeResult) {
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	w := pulse.StartWatch(ctx)
	start := &startOf{Conn: conn}
	client := tls.Client(start, config)
	err := client.Handshake()
	r := HandshakeResult{State: client.ConnectionState(), Err: RootError(ctx, err), Took: w.Took()}
	unverified, refused := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case err == nil:
		r.Served, r.Path, r.Chain = r.State.PeerCertificates, certs.LongestLasting(r.State.VerifiedChains), observe.ChainFine
	case refused:
		r.Served = unverified.UnverifiedCertificates
		r.Path, r.Chain, r.Unknown = certs.VerifyChain(r.Served, cas, sys.Now())
	default:
		r.Alert, r.silent = alertOf(err, len(r.State.PeerCertificates) > 0), ctx.Err() != nil
		if !r.silent {
			start.readOn()
		}
		r.First = start.first
	}
	return client, r
}

// HandshakeOf says how far a handshake came. A certificate that is signed by ca.crt
// and out of its validity, or for another host, verifies here: each is judged apart.
func HandshakeOf(r HandshakeResult) observe.Handshake {
	switch {
	case len(r.Path) > 0:
		return observe.Verifies
	case len(r.Served) > 0:
		return observe.Unverified
	case IsHTTP(r.First):
		return observe.PlainHTTP
	case len(r.First) > 0 && !isTLS(r.First):
		return observe.OtherBytes
	case r.Alert != nil:
		return observe.Alerted
	case r.silent:
		return observe.HandshakeSilent
	case strings.Contains(r.Err.Error(), "unsupported protocol version"):
		return observe.NoVersion
	case errors.Is(r.Err, io.EOF), errors.Is(r.Err, io.ErrUnexpectedEOF), errors.Is(r.Err, syscall.ECONNRESET), errors.Is(r.Err, syscall.EPIPE):
		return observe.HandshakeClosed
	}
	return observe.OtherHandshake
}

// String is the certificate that came, or why none did.
func (r HandshakeResult) String() string {
	switch {
	case len(r.Served) == 0:
		return r.Err.Error()
	case r.Err != nil:
		leaf := r.Served[0]
		return fmt.Sprintf("certificate of %s, issuer %s, leaf %s: %v", certs.SubjectOf(leaf), certs.NameOf(leaf.Issuer), fingerprint(leaf), r.Err)
	}
	return fmt.Sprintf("verifies, leaf %s", fingerprint(r.Served[0]))
}

// Received says whether a certificate came at all.
func (r HandshakeResult) Received() string {
	if len(r.Served) == 0 {
		return r.Err.Error()
	}
	return "certificate received in " + observe.FormatDuration(r.Took)
}

// fingerprint is the beginning of the SHA-256 of a certificate.
func fingerprint(cert *x509.Certificate) string { return fmt.Sprintf("%.4x", sha256.Sum256(cert.Raw)) }

// alert is one of the server's, see RFC 8446, section 6.
type alert struct {
	Number string
	About  observe.Alert
}

// alertOf returns the alert that the server sent, or nil; crypto/tls keeps its type
// to itself, but not its value. A server that has shown its certificate has agreed
// on a version: what it misses is a certificate of the client.
func alertOf(err error, certificateCame bool) *alert {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return nil
	}
	a := alert{fmt.Sprintf("%d", remote.Err), observe.AlertOther}
	switch a.Number {
	case "40", "70", "71", "86": // handshake_failure, protocol_version, insufficient_security, inappropriate_fallback
		a.About = observe.AlertVersion
		if certificateCame {
			a.About = observe.AlertCertificate
		}
	case "42", "116": // bad_certificate, certificate_required
		a.About = observe.AlertCertificate
	case "112": // unrecognized_name
		a.About = observe.AlertName
	}
	return &a
}

const (
	// maxFirst is how many of the first bytes are kept.
	maxFirst = 64
	// readOnFor is how long the rest of the first line of what is no TLS may take.
	readOnFor = 250 * time.Millisecond
)

// startOf keeps the first bytes that come over a connection: crypto/tls keeps five.
type startOf struct {
	net.Conn
	first []byte
}

// Read implements net.Conn.
func (c *startOf) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.first = append(c.first, b[:max(0, min(n, maxFirst-len(c.first)))]...)
	return n, err
}

// readOn waits for the first line of what is no TLS.
func (c *startOf) readOn() {
	if len(c.first) == 0 || isTLS(c.first) {
		return
	}
	c.SetReadDeadline(time.Now().Add(readOnFor))
	for buf := make([]byte, maxFirst); len(c.first) < maxFirst && !bytes.ContainsRune(c.first, '\n'); {
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

// isTLS says that bytes begin as a record of TLS does, see RFC 8446, section 5.1.
func isTLS(first []byte) bool {
	return first[0] >= 20 && first[0] <= 24 && (len(first) == 1 || first[1] == 3)
}

// IsHTTP says that bytes begin as an HTTP response does.
func IsHTTP(first []byte) bool { return bytes.HasPrefix(first, []byte("HTTP/")) }

// FirstLine is the first line of what came, or all of it where that is no text,
// with what cannot be printed escaped.
func FirstLine(first []byte) string {
	text := string(first)
	line, _, _ := strings.Cut(text, "\n")
	if line = strings.TrimSuffix(line, "\r"); line != "" && strconv.Quote(line) == `"`+line+`"` {
		text = line
	}
	quoted := strconv.QuoteToASCII(text)
	return quoted[1 : len(quoted)-1]
}
