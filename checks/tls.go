package checks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// expiresSoon is how long before its end a certificate is worth a warning.
const expiresSoon = 14 * 24 * time.Hour

// idleLimit is how long a connection may wait for its first byte: the server,
// or what stands before it, may close what is idle.
const idleLimit = time.Second

var tlsChain = &Check{
	ID:    "tls.chain",
	Title: "the server's certificate chain leads to ca.crt",
	Needs: []string{"volume.ca", "net.connect", "net.proxy"},
	Run:   runTLSChain,
}

// runTLSChain makes one handshake with verification switched on, and keeps the
// connection for the API checks when it succeeds. When it does not, what the
// server presented comes with the error, and chain, host and validity are
// judged apart: Go stops at the host name before it looks at the chain.
func runTLSChain(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	conn := session.tcp
	if session.tunnel != nil {
		conn = session.tunnel
	}
	if conn == nil || session.tunnel == nil && time.Since(session.tcpOpen) > idleLimit {
		var err error
		if conn, err = session.dialAPI(ctx, sys); err != nil {
			return fail("net.some-endpoints-dead", nil, "%s: a moment ago it connected, and now: %v", net.JoinHostPort(session.Host, session.Port), bareNetError(ctx, err))
		}
	}
	var e Evidence
	e.Add("server", "%s", net.JoinHostPort(session.Host, session.Port))
	w := startWatch(ctx)
	client := tls.Client(conn, session.tlsConfig(sys))
	err := client.HandshakeContext(ctx)
	took := w.took()
	state := client.ConnectionState()
	if state.Version != 0 {
		e.Add("version", "%s", tls.VersionName(state.Version))
		e.Add("cipher", "%s", tls.CipherSuiteName(state.CipherSuite))
	}
	session.served = state.PeerCertificates
	unverified, refused := errors.AsType[*tls.CertificateVerificationError](err)
	if refused {
		session.served = unverified.UnverifiedCertificates
	}
	if err != nil {
		conn.Close()
	}
	if err != nil && !refused {
		return handshakeFailed(ctx, session, e, err, took)
	}
	e = append(e, describeChain(session.served, session.cas)...)
	e.Add("covers "+session.Host, "%t", session.served[0].VerifyHostname(session.Host) == nil)
	if err == nil {
		session.verified, session.path = client, longestLasting(state.VerifiedChains)
	} else if session.path, err = verifyChain(session.served, session.roots, sys.Now()); err != nil {
		return fail(chainCause(session), e, "%s: %s, issued by %s: %v", session.Host,
			subjectOf(session.served[0]), nameOf(session.served[0].Issuer), err)
	}
	if faults := strictFaults(session.path); len(faults) > 0 {
		return warn("tls.strict-clients", e, "%s: fine for Go, but %s", session.Host, strings.Join(faults, "; "))
	}
	return pass(e, "signed by %s, %s in %s", subjectOf(session.path[len(session.path)-1]), tls.VersionName(state.Version), span(took))
}

func (f *Session) tlsConfig(sys *System) *tls.Config {
	return &tls.Config{RootCAs: f.roots, ServerName: f.Host, Time: sys.Now, NextProtos: []string{"h2", "http/1.1"}}
}

// handshakeFailed judges a handshake that ended for another reason than the
// server's certificate.
func handshakeFailed(ctx context.Context, session *Session, e Evidence, err error, took time.Duration) Outcome {
	alert, alerted := alertNumber(err)
	err = bareNetError(ctx, err)
	e.Add("answer", "%v after %s", err, span(took))
	address := net.JoinHostPort(session.Host, session.Port)
	if header, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		first := strings.TrimRight(string(header.RecordHeader[:]), "\x00\r\n")
		e.Add("first bytes", "%q", first)
		if strings.HasPrefix(first, "HTTP/") {
			return fail("tls.not-tls", e, "%s: answers plain HTTP where TLS is expected", address)
		}
		return fail("tls.foreign-server", e, "%s: answers %q, which is no TLS", address, first)
	}
	if alerted {
		code := alertCause(alert)
		if len(session.served) > 0 { // a version was agreed on; what it misses is a certificate of the client
			code = "tls.foreign-server"
		}
		return fail(code, e, "%s: ends the handshake with alert %s: %v", address, alert, err)
	}
	switch {
	case ctx.Err() != nil:
		session.stalled = true
		return fail("net.handshake-stalled", e, "%s: TCP connects, the TLS handshake gets %v", address, err)
	case strings.Contains(err.Error(), "unsupported protocol version"):
		return fail("tls.no-common-version", e, "%s: %v", address, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fail("net.mesh-intercepts", e, "%s: TCP connects, and closes when the TLS handshake begins: %v", address, err)
	}
	return fail("tls.foreign-server", e, "%s: the TLS handshake ends: %v", address, err)
}

// alertNumber returns the number of the alert that the server sent; crypto/tls
// keeps its type to itself, but not its value.
func alertNumber(err error) (string, bool) {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return "", false
	}
	return fmt.Sprintf("%d", remote.Err), true
}

// alertCause maps the alerts of RFC 8446, section 6.
func alertCause(alert string) string {
	switch alert {
	case "40", "70", "71", "86": // handshake_failure, protocol_version, insufficient_security, inappropriate_fallback
		return "tls.no-common-version"
	case "112": // unrecognized_name
		return "net.sni-required"
	}
	return "tls.foreign-server"
}

var tlsHost = &Check{
	ID:    "tls.host",
	Title: "the certificate covers $KUBERNETES_SERVICE_HOST",
	Needs: []string{"tls.chain"},
	Run:   runTLSHost,
}

// runTLSHost tests what Kubernetes promises: a certificate that is valid for
// the host or address in the variable.
func runTLSHost(_ context.Context, _ *System, session *Session, log *observe.Log) Outcome {
	leaf := session.served[0]
	var e Evidence
	e.Add("host", "%s", session.Host)
	e.Add("SANs", "%s", describeSANs(leaf))
	if leaf.VerifyHostname(session.Host) != nil {
		return fail("tls.host-not-covered", e, "%s: no SAN covers it; the certificate names %s", session.Host, describeSANs(leaf))
	}
	return pass(e, "a SAN covers %s", session.Host)
}

var tlsName = &Check{
	ID:    "tls.name",
	Title: "the certificate covers the API's DNS names",
	Needs: []string{"tls.chain"},
	Run:   runTLSName,
}

// runTLSName warns at most: Kubernetes does not promise these names.
func runTLSName(_ context.Context, _ *System, session *Session, log *observe.Log) Outcome {
	names := []string{"kubernetes", "kubernetes.default", serviceName}
	if domain := session.resolv.clusterDomain(); domain != "" {
		names = append(names, serviceName+"."+domain)
	}
	var e Evidence
	var missing []string
	for _, name := range names {
		if session.served[0].VerifyHostname(name) == nil {
			e.Add(name, "covered")
		} else {
			e.Add(name, "not covered")
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return warn("tls.name-not-covered", e, "no SAN covers %s", strings.Join(missing, ", "))
	}
	return pass(e, "SANs cover %s to %s", names[0], names[len(names)-1])
}

var tlsValidity = &Check{
	ID:    "tls.validity",
	Title: "the server's certificate and its CA are valid for two weeks more",
	Needs: []string{"tls.chain"},
	Run:   runTLSValidity,
}

func runTLSValidity(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	now := sys.Now()
	var e Evidence
	for i, cert := range session.path {
		key := fmt.Sprintf("intermediate %d", i)
		if i == 0 {
			key = "leaf"
		} else if i == len(session.path)-1 {
			key = "ca"
		}
		e.Add(key, "%s, %s to %s", subjectOf(cert), cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
	}
	e.Add("this pod's clock", "%s", now.UTC().Format(time.RFC3339))
	soonest := session.path[0]
	for _, cert := range session.path {
		if !inValidity(cert, now) {
			return outOfValidity(ctx, sys, session, cert, e)
		}
		if cert.NotAfter.Before(soonest.NotAfter) {
			soonest = cert
		}
	}
	left := soonest.NotAfter.Sub(now)
	if left < expiresSoon {
		return warn("tls.expires-soon", e, "%s expires in %s, on %s", subjectOf(soonest), span(left), day(soonest.NotAfter))
	}
	return pass(e, "%s is the first to expire, in %s", subjectOf(soonest), span(left))
}

// outOfValidity asks the server for its clock before it blames the certificate.
func outOfValidity(ctx context.Context, sys *System, session *Session, cert *x509.Certificate, e Evidence) Outcome {
	now := sys.Now()
	date, err := session.serverClock(ctx, sys)
	switch {
	case err != nil:
		e.Add("the server's clock", "unknown: %v", err)
	default:
		e.Add("the server's clock", "%s", date.UTC().Format(time.RFC3339))
		if inValidity(cert, date) {
			return fail("token.clock-skew", e, "this pod's clock says %s, the server's %s, and only that is within the validity of %s",
				now.UTC().Format(time.RFC3339), date.UTC().Format(time.RFC3339), subjectOf(cert))
		}
	}
	if now.Before(cert.NotBefore) {
		return fail("tls.not-yet-valid", e, "%s is valid only from %s, in %s", subjectOf(cert), cert.NotBefore.UTC().Format(time.RFC3339), span(cert.NotBefore.Sub(now)))
	}
	return fail("tls.expired", e, "%s expired on %s, %s ago", subjectOf(cert), cert.NotAfter.UTC().Format(time.RFC3339), span(now.Sub(cert.NotAfter)))
}

// serverClock reads the Date header of an answer to a request without a token,
// over a connection that is verified for a moment at which the chain is valid.
func (f *Session) serverClock(ctx context.Context, sys *System) (time.Time, error) {
	conn, err := f.dialAPI(ctx, sys)
	if err != nil {
		return time.Time{}, bareNetError(ctx, err)
	}
	defer conn.Close()
	config := f.tlsConfig(sys)
	config.Time = func() time.Time { return validMoment(f.path) }
	config.NextProtos = []string{"http/1.1"}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return time.Time{}, bareNetError(ctx, err)
	}
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	return readDate(client, f.Host)
}

func readDate(conn net.Conn, host string) (time.Time, error) {
	if _, err := netip.ParseAddr(host); err == nil && strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if _, err := fmt.Fprintf(conn, "GET /version HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host); err != nil {
		return time.Time{}, err
	}
	response, err := http.ReadResponse(limitedReader(conn), nil)
	if err != nil {
		return time.Time{}, err
	}
	return http.ParseTime(response.Header.Get("Date"))
}
