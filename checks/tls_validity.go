package checks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// expiresSoon is how long before its end a certificate is worth a warning.
const expiresSoon = 14 * 24 * time.Hour

var tlsValidity = &Check{
	ID:      "tls.validity",
	Title:   "the server's certificate and its CA are valid for two weeks more",
	Needs:   []string{"tls.chain"},
	Records: []*observe.Row{observe.TLSValidity.Row, observe.TLSServerClock.Row},
	Run:     runTLSValidity,
}

func runTLSValidity(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	now := sys.Now()
	var e observe.Evidence
	for i, cert := range session.path {
		key := fmt.Sprintf("intermediate %d", i)
		if i == 0 {
			key = "leaf"
		} else if i == len(session.path)-1 {
			key = "ca"
		}
		e.Add(key, "%s, %s to %s", certs.SubjectOf(cert), cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
	}
	e.Add("this pod's clock", "%s", now.UTC().Format(time.RFC3339))
	soonest := session.path[0]
	for _, cert := range session.path {
		if !certs.InValidity(cert, now) {
			observe.TLSValidity.Saw(log, validityOf(cert, now))
			return outOfValidity(ctx, sys, session, cert, e, log)
		}
		if cert.NotAfter.Before(soonest.NotAfter) {
			soonest = cert
		}
	}
	left := soonest.NotAfter.Sub(now)
	if left < expiresSoon {
		observe.TLSValidity.Saw(log, observe.Soon)
		return warn(e, "%s expires in %s, on %s", certs.SubjectOf(soonest), observe.FormatDuration(left), soonest.NotAfter.UTC().Format(time.DateOnly))
	}
	observe.TLSValidity.Saw(log, observe.Now)
	if soonest != session.path[0] {
		return pass(e, "its CA %q expires in %s", certs.SubjectOf(soonest), observe.FormatDuration(left))
	}
	return pass(e, "expires in %s", observe.FormatDuration(left))
}

// outOfValidity asks the server for its clock before it blames the certificate.
func outOfValidity(ctx context.Context, sys *pod.System, session *Session, cert *x509.Certificate, e observe.Evidence, log *observe.Log) Outcome {
	now := sys.Now()
	date, err := session.serverClock(ctx, sys)
	switch {
	case err != nil:
		e.Add("the server's clock", "unknown: %v", err)
	default:
		e.Add("the server's clock", "%s", date.UTC().Format(time.RFC3339))
		if certs.InValidity(cert, date) {
			observe.TLSServerClock.Saw(log, observe.ClockContradicts)
			return fail(e, "this pod's clock says %s, the server's %s, and only that is within the validity of %s",
				now.UTC().Format(time.RFC3339), date.UTC().Format(time.RFC3339), certs.SubjectOf(cert))
		}
		observe.TLSServerClock.Saw(log, observe.ClockConfirms)
	}
	if now.Before(cert.NotBefore) {
		return fail(e, "%s is valid only from %s, in %s", certs.SubjectOf(cert), cert.NotBefore.UTC().Format(time.RFC3339), observe.FormatDuration(cert.NotBefore.Sub(now)))
	}
	return fail(e, "%s expired on %s, %s ago", certs.SubjectOf(cert), cert.NotAfter.UTC().Format(time.RFC3339), observe.FormatDuration(now.Sub(cert.NotAfter)))
}

func validityOf(cert *x509.Certificate, now time.Time) observe.Validity {
	if now.Before(cert.NotBefore) {
		return observe.Future
	}
	return observe.Past
}

// serverClock reads the Date header of an answer to a request without a token,
// over a connection that is verified for a moment at which what was served is valid.
func (s *Session) serverClock(ctx context.Context, sys *pod.System) (time.Time, error) {
	conn, err := s.dialAPI(ctx, sys)
	if err != nil {
		return time.Time{}, netprobe.RootError(ctx, err)
	}
	defer conn.Close()
	config := s.tlsConfig(sys)
	config.RootCAs = certs.PoolOf(certs.Ageless(s.cas, map[*x509.Certificate]*x509.Certificate{}))
	config.Time = func() time.Time { return certs.ValidMoment(s.path[:max(1, len(s.path)-1)]) }
	config.NextProtos = []string{"http/1.1"}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return time.Time{}, netprobe.RootError(ctx, err)
	}
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	return readDate(client, s.Host)
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
