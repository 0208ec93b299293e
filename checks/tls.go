package checks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// idleLimit is how long a connection may wait for its first byte: the server,
// or what stands before it, may close what is idle.
const idleLimit = time.Second

var tlsChain = &Check{
	ID:    "tls.chain",
	Title: "the server's certificate chain leads to ca.crt",
	Needs: []string{"volume.ca", "net.connect", "net.proxy"},
	Records: []*observe.Row{
		observe.TLSHandshake.Row, observe.TLSAlert.Row, observe.TLSFirstBytes.Row, observe.TLSVersion.Row, observe.TLSVerifyError.Row, observe.TLSIssuer.Row,
		observe.TLSServedCovers.Row, observe.TLSNamesAPI.Row, observe.TLSAuthorityKey.Row,
		observe.TLSStrict.Row, observe.TLSStrictRule.Row, observe.TLSUsage.Row, observe.TLSIssuerKey.Row, observe.TLSWeakKey.Row, observe.TLSAnchor.Row,
	},
	Run: runTLSChain,
}

// runTLSChain makes one handshake with verification switched on, and keeps the
// connection for the API checks when it succeeds. When it does not, what the
// server presented comes with the error, and chain, host and validity are
// judged apart: Go stops at the host name before it looks at the chain.
func runTLSChain(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	conn, err := session.connForTLS(ctx, sys)
	if err != nil {
		observe.TLSHandshake.Saw(log, observe.NoConnection)
		return fail(nil, "%s: a moment ago it connected, and now: %v", net.JoinHostPort(session.Host, session.Port), netprobe.RootError(ctx, err))
	}
	answered := session.expect(ctx, func(log *observe.Log) func(*Session) {
		observe.TLSHandshake.Saw(log, observe.HandshakeSilent)
		return func(next *Session) { next.stalled = true }
	})
	client, r := handshakePatiently(ctx, sys, session, conn)
	if netprobe.HandshakeOf(r) != observe.HandshakeSilent {
		answered()
	}
	observe.TLSHandshake.Saw(log, netprobe.HandshakeOf(r))
	var e observe.Evidence
	e.Add("server", "%s", net.JoinHostPort(session.Host, session.Port))
	if r.State.Version != 0 {
		observe.TLSVersion.Saw(log, tls.VersionName(r.State.Version))
		e.Add("version", "%s", tls.VersionName(r.State.Version))
		e.Add("cipher", "%s", tls.CipherSuiteName(r.State.CipherSuite))
	}
	if r.Err != nil {
		conn.Close()
	}
	if len(r.Served) == 0 {
		return handshakeFailed(session, e, r, log)
	}
	session.served, session.path = r.Served, r.Path
	e = append(e, certs.DescribeChain(session.served, session.cas)...)
	issuer, covers := issuerOf(session), session.served[0].VerifyHostname(session.Host) == nil
	e.Add("covers "+session.Host, "%t", covers)
	observe.TLSVerifyError.Saw(log, r.Chain)
	observe.TLSIssuer.Saw(log, issuer)
	observe.TLSServedCovers.Saw(log, covers)
	observe.TLSNamesAPI.Saw(log, namesAPI(session))
	observe.TLSAuthorityKey.Saw(log, len(session.served[0].AuthorityKeyId) > 0)
	if r.Unknown != nil {
		e.Add("error", "%v", r.Unknown)
		return fail(e, "%s", notTrusted(session.served[0], issuer, r.Unknown))
	}
	if r.Err == nil {
		session.verified = client
	}
	if faults := recordStrict(session, log); len(faults) > 0 {
		return warn(e, "%s: fine for Go, but %s", session.Host, strings.Join(faults, "; "))
	}
	return pass(e, "signed by %s, %s in %s", certs.SubjectOf(session.path[len(session.path)-1]), tls.VersionName(r.State.Version), observe.FormatDuration(r.Took))
}

// helloLimit is how long a handshake may take: Linux sends again what is lost of it after 0.2,
// 0.6, 1.4 and 3 s, see RFC 6298.
const helloLimit = 4200 * time.Millisecond

func handshakePatiently(ctx context.Context, sys *pod.System, session *Session, conn net.Conn) (*tls.Conn, netprobe.HandshakeResult) {
	ctx, cancel := pulse.Within(ctx, helloLimit)
	defer cancel()
	return netprobe.Handshake(ctx, sys, session.cas, conn, session.tlsConfig(sys))
}

// notTrusted says why a server's certificate does not verify against ca.crt.
func notTrusted(leaf *x509.Certificate, by observe.Issuer, err error) string {
	subject, issuer := certs.SubjectOf(leaf), certs.NameOf(leaf.Issuer)
	switch by {
	case observe.IssuerSameName:
		return fmt.Sprintf("issuer %q is in ca.crt, but with another key", issuer)
	case observe.IssuerItself:
		return fmt.Sprintf("certificate %q is self-signed and not in ca.crt", subject)
	case observe.IssuerInterceptor, observe.IssuerUnknown:
		return fmt.Sprintf("certificate %q is issued by %q, which is not in ca.crt", subject, issuer)
	}
	return fmt.Sprintf("certificate %q, issued by %q, does not verify: %v", subject, issuer, err)
}

// connForTLS is the connection that net.connect or net.proxy has left open, or
// another one where the server may have closed that.
func (s *Session) connForTLS(ctx context.Context, sys *pod.System) (net.Conn, error) {
	switch {
	case s.tunnel != nil:
		return s.tunnel, nil
	case s.tcp != nil && time.Since(s.tcpOpen) <= idleLimit:
		return s.tcp, nil
	}
	return s.dialAPI(ctx, sys)
}

func (s *Session) tlsConfig(sys *pod.System) *tls.Config {
	return &tls.Config{RootCAs: s.roots, ServerName: s.Host, Time: sys.Now, NextProtos: []string{"h2", "http/1.1"}}
}

// handshakeFailed judges a handshake in which no certificate came to be judged.
func handshakeFailed(session *Session, e observe.Evidence, r netprobe.HandshakeResult, log *observe.Log) Outcome {
	e.Add("answer", "%v after %s", r.Err, observe.FormatDuration(r.Took))
	address := net.JoinHostPort(session.Host, session.Port)
	switch netprobe.HandshakeOf(r) {
	case observe.PlainHTTP, observe.OtherBytes:
		first := netprobe.FirstLine(r.First)
		e.Add("first bytes", "%s", first)
		observe.TLSFirstBytes.Saw(log, first)
		if netprobe.IsHTTP(r.First) {
			return fail(e, "%s: answers plain HTTP where TLS is expected: %s", address, first)
		}
		return fail(e, "%s: answers %s, which is no TLS", address, first)
	case observe.Alerted:
		observe.TLSAlert.Saw(log, r.Alert.About)
		return fail(e, "%s: ends the handshake with alert %s: %v", address, r.Alert.Number, r.Err)
	case observe.HandshakeSilent:
		session.stalled = true
		return fail(e, "%s: TCP connects, the TLS handshake gets %v", address, r.Err)
	case observe.NoVersion:
		return fail(e, "%s: %v", address, r.Err)
	case observe.HandshakeClosed:
		return fail(e, "%s: TCP connects, and closes when the TLS handshake begins: %v", address, r.Err)
	}
	return fail(e, "%s: the TLS handshake ends: %v", address, r.Err)
}

var tlsHost = &Check{
	ID:      "tls.host",
	Title:   "the certificate covers $KUBERNETES_SERVICE_HOST",
	Needs:   []string{"tls.chain"},
	Records: []*observe.Row{observe.TLSCoversHost.Row, observe.TLSKubernetes.Row, observe.TLSSANs.Row},
	Run:     runTLSHost,
}

// runTLSHost tests what Kubernetes promises: a certificate that is valid for
// the host or address in the variable.
func runTLSHost(_ context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	leaf := session.served[0]
	covers := leaf.VerifyHostname(session.Host) == nil
	observe.TLSCoversHost.Saw(log, covers)
	observe.TLSKubernetes.Saw(log, slices.ContainsFunc(leaf.DNSNames, func(name string) bool { return strings.Contains(name, "kubernetes") }))
	observe.TLSSANs.Saw(log, certs.SANsOf(leaf)...)
	var e observe.Evidence
	e.Add("host", "%s", session.Host)
	e.Add("SANs", "%s", certs.DescribeSANs(leaf))
	if !covers {
		return fail(e, "%s: no SAN covers it; the certificate names %s", session.Host, certs.DescribeSANs(leaf))
	}
	return pass(e, "certificate covers %s", session.Host)
}

var tlsName = &Check{
	ID:      "tls.name",
	Title:   "the certificate covers the API's DNS names",
	Needs:   []string{"tls.chain"},
	Records: []*observe.Row{observe.TLSCoversName.Row, observe.TLSCoversService.Row},
	Run:     runTLSName,
}

// runTLSName warns at most: Kubernetes does not promise these names.
func runTLSName(_ context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	names := []string{"kubernetes", "kubernetes.default", pod.ServiceName}
	if domain := session.resolv.ClusterDomain(); domain != "" {
		names = append(names, pod.ServiceName+"."+domain)
	}
	var e observe.Evidence
	var missing []string
	for _, name := range names {
		if session.served[0].VerifyHostname(name) == nil {
			e.Add(name, "covered")
		} else {
			e.Add(name, "not covered")
			missing = append(missing, name)
		}
	}
	observe.TLSCoversName.Saw(log, len(missing) == 0)
	observe.TLSCoversService.Saw(log, session.served[0].VerifyHostname(pod.ServiceName) == nil)
	if len(missing) > 0 {
		return warn(e, "no SAN covers %s", strings.Join(missing, ", "))
	}
	return pass(e, "SANs cover %s to %s", names[0], names[len(names)-1])
}

// issuerOf says who has signed what was served, by the key or else by the name.
func issuerOf(session *Session) observe.Issuer {
	leaf, last := session.served[0], session.served[len(session.served)-1]
	sameName := func(ca *x509.Certificate) bool {
		return certs.SameDN(ca.Subject, last.Issuer) || certs.SameDN(ca.Subject, leaf.Issuer)
	}
	issuer := strings.ToLower(certs.NameOf(leaf.Issuer) + " " + certs.NameOf(last.Issuer))
	switch {
	case len(session.path) > 0, certs.SignedByAny(session.served, session.cas):
		return observe.IssuerTrusted
	case slices.ContainsFunc(certs.Interceptors, func(word string) bool { return strings.Contains(issuer, word) }):
		return observe.IssuerInterceptor
	case slices.ContainsFunc(session.cas, sameName):
		return observe.IssuerSameName
	case certs.SelfSigned(leaf):
		return observe.IssuerItself
	}
	return observe.IssuerUnknown
}

// namesAPI says that what was served is a certificate for the API server, whoever
// has signed it.
func namesAPI(session *Session) bool {
	leaf := session.served[0]
	return leaf.VerifyHostname(session.Host) == nil || leaf.VerifyHostname(pod.ServiceName) == nil
}
