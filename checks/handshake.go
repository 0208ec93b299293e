package checks

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

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// handshakeResult is what one TLS handshake has shown.
type handshakeResult struct {
	state   tls.ConnectionState
	served  []*x509.Certificate // what the server sent, leaf first; none when no certificate came
	path    []*x509.Certificate // from the leaf to a certificate of ca.crt; none when there is no such path
	chain   observe.VerifyError // why there is none, or none that is valid now; "" when no certificate came
	unknown error               // the same as an error; nil where there is a path
	err     error               // why the certificate is not accepted for the host, or why none came
	alert   *alert              // what ended it, if that was an alert of the server's
	first   []byte              // the first bytes that came, at most maxFirst
	silent  bool                // nothing came in time
	took    time.Duration
}

// handshake makes one TLS handshake on conn and leaves the connection open. The end
// of ctx ends it by a deadline: a handshake with ctx would close the connection
// and with it what the kernel knows of it.
func handshake(ctx context.Context, sys *System, session *Session, conn net.Conn, config *tls.Config) (*tls.Conn, handshakeResult) {
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	w := startWatch(ctx)
	start := &startOf{Conn: conn}
	client := tls.Client(start, config)
	err := client.Handshake()
	r := handshakeResult{state: client.ConnectionState(), err: bareNetError(ctx, err), took: w.took()}
	unverified, refused := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case err == nil:
		r.served, r.path, r.chain = r.state.PeerCertificates, longestLasting(r.state.VerifiedChains), observe.ChainFine
	case refused:
		r.served = unverified.UnverifiedCertificates
		r.path, r.chain, r.unknown = verifyChain(r.served, session.cas, sys.Now())
	default:
		r.alert, r.silent = alertOf(err, len(r.state.PeerCertificates) > 0), ctx.Err() != nil
		if !r.silent {
			start.readOn()
		}
		r.first = start.first
	}
	return client, r
}

// handshakeOf says how far a handshake came. A certificate that is signed by ca.crt
// and out of its validity, or for another host, verifies here: each is judged apart.
func handshakeOf(r handshakeResult) observe.Handshake {
	switch {
	case len(r.path) > 0:
		return observe.Verifies
	case len(r.served) > 0:
		return observe.Unverified
	case isHTTP(r.first):
		return observe.PlainHTTP
	case len(r.first) > 0 && !isTLS(r.first):
		return observe.OtherBytes
	case r.alert != nil:
		return observe.Alerted
	case r.silent:
		return observe.HandshakeSilent
	case strings.Contains(r.err.Error(), "unsupported protocol version"):
		return observe.NoVersion
	case errors.Is(r.err, io.EOF), errors.Is(r.err, io.ErrUnexpectedEOF), errors.Is(r.err, syscall.ECONNRESET), errors.Is(r.err, syscall.EPIPE):
		return observe.HandshakeClosed
	}
	return observe.OtherHandshake
}

func (r handshakeResult) String() string {
	switch {
	case len(r.served) == 0:
		return r.err.Error()
	case r.err != nil:
		leaf := r.served[0]
		return fmt.Sprintf("certificate of %s, issuer %s, leaf %s: %v", subjectOf(leaf), nameOf(leaf.Issuer), fingerprint(leaf), r.err)
	}
	return fmt.Sprintf("verifies, leaf %s", fingerprint(r.served[0]))
}

// received says whether a certificate came at all.
func (r handshakeResult) received() string {
	if len(r.served) == 0 {
		return r.err.Error()
	}
	return "certificate received in " + span(r.took)
}

// fingerprint is the beginning of the SHA-256 of a certificate.
func fingerprint(cert *x509.Certificate) string { return fmt.Sprintf("%.4x", sha256.Sum256(cert.Raw)) }

// alert is one of the server's, see RFC 8446, section 6.
type alert struct {
	number string
	about  observe.Alert
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
	switch a.number {
	case "40", "70", "71", "86": // handshake_failure, protocol_version, insufficient_security, inappropriate_fallback
		a.about = observe.AlertVersion
		if certificateCame {
			a.about = observe.AlertCertificate
		}
	case "42", "116": // bad_certificate, certificate_required
		a.about = observe.AlertCertificate
	case "112": // unrecognized_name
		a.about = observe.AlertName
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

func isHTTP(first []byte) bool { return bytes.HasPrefix(first, []byte("HTTP/")) }

// firstLine is the first line of what came, or all of it where that is no text,
// with what cannot be printed escaped.
func firstLine(first []byte) string {
	text := string(first)
	line, _, _ := strings.Cut(text, "\n")
	if line = strings.TrimSuffix(line, "\r"); line != "" && strconv.Quote(line) == `"`+line+`"` {
		text = line
	}
	quoted := strconv.QuoteToASCII(text)
	return quoted[1 : len(quoted)-1]
}
