package checks

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// sight is what one handshake of a probe has shown.
type sight struct {
	leaf *x509.Certificate // nil when no certificate came
	err  error
	took time.Duration
}

// glimpse makes one handshake on conn and leaves the connection open. The end
// of ctx ends it by a deadline: a handshake with ctx would close the connection
// and with it what the kernel knows of it.
func glimpse(ctx context.Context, conn net.Conn, config *tls.Config) (*tls.Conn, sight) {
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	w := startWatch(ctx)
	client := tls.Client(conn, config)
	err := client.Handshake()
	s := sight{err: bareNetError(ctx, err), took: w.took()}
	if unverified, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		s.leaf = unverified.UnverifiedCertificates[0]
	} else if err == nil {
		s.leaf = client.ConnectionState().PeerCertificates[0]
	}
	return client, s
}

func (s sight) String() string {
	switch {
	case s.leaf == nil:
		return s.err.Error()
	case s.err != nil:
		return fmt.Sprintf("certificate of %s, issuer %s, leaf %s: %v", subjectOf(s.leaf), nameOf(s.leaf.Issuer), fingerprint(s.leaf), s.err)
	}
	return fmt.Sprintf("verifies, leaf %s", fingerprint(s.leaf))
}

// received says whether a certificate came at all.
func (s sight) received() string {
	if s.leaf == nil {
		return s.err.Error()
	}
	return "certificate received in " + span(s.took)
}

// fingerprint is the beginning of the SHA-256 of a certificate.
func fingerprint(cert *x509.Certificate) string { return fmt.Sprintf("%.4x", sha256.Sum256(cert.Raw)) }

type segmentKey struct{}

// smallSegment is what every IPv4 path carries, see RFC 9293, 3.7.1.
const smallSegment = 536

var probeSegment = &Check{
	ID:    "probe.segment",
	Title: "what a handshake in small segments says",
	Needs: []string{"net.connect"},
	After: []string{"tls.chain"},
	Run:   runProbeSegment,
}

func runProbeSegment(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if !session.stalled {
		return notApplicable("the handshake did not stall")
	}
	if session.httpProxy != nil {
		return notApplicable("a proxy stands between")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	var usual, small Evidence
	var wait sync.WaitGroup
	wait.Go(guarded(ctx, func() { usual = handshakeEvidence(ctx, sys, session, "usual segment", true) }))
	wait.Go(guarded(ctx, func() {
		ctx := context.WithValue(ctx, segmentKey{}, smallSegment)
		small = handshakeEvidence(ctx, sys, session, fmt.Sprintf("segment %d", smallSegment), false)
	}))
	wait.Wait()
	e := slices.Concat(usual[:1], small, usual[1:])
	return pass(e, "%s: %s; %s: %s", e[0].Key, e[0].Value, e[1].Key, e[1].Value)
}

func handshakeEvidence(ctx context.Context, sys *System, session *Session, key string, withState bool) Evidence {
	conn, err := session.dialAPI(ctx, sys)
	if err != nil {
		return Evidence{{key, bareNetError(ctx, err).Error()}}
	}
	defer conn.Close()
	_, s := glimpse(ctx, conn, session.tlsConfig(sys))
	e := Evidence{{key, s.received()}}
	if state, ok := tcpState(conn); withState && ok {
		e = append(e, state...)
	}
	return e
}

var probeServerName = &Check{
	ID:    "probe.server-name",
	Title: "what the server shows with and without a server name in the handshake",
	Needs: []string{"net.connect"},
	After: []string{"tls.chain"},
	Run:   runProbeServerName,
}

func runProbeServerName(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.stalled {
		return notApplicable("the handshake stalled")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	var e Evidence
	for _, name := range []string{"", serviceName} {
		config, key := session.tlsConfig(sys), "as clients do, with $"+hostVar
		if name != "" {
			config.ServerName, key = name, "with "+name
		}
		conn, err := session.dialAPI(ctx, sys)
		if err != nil {
			e.Add(key, "%v", bareNetError(ctx, err))
			continue
		}
		_, s := glimpse(ctx, conn, config)
		conn.Close()
		e.Add(key, "%s", s)
	}
	return pass(e, "%s: %s", e[1].Key, e[1].Value)
}

// freshConnections is how many are opened: the kernel sends about six ICMP
// errors at once and then one a second, so more would look like loss.
const freshConnections = 6

// headStart is what the probes with a single packet have before this one.
const headStart = 200 * time.Millisecond

var probeFresh = &Check{
	ID:    "probe.fresh",
	Title: "what fresh connections meet, server by server",
	Needs: []string{"env.service"},
	After: []string{"net.connect", "tls.chain", "auth.review"},
	Run:   runProbeFresh,
}

// meeting is one fresh connection and how far it came.
type meeting struct {
	failure string // of the TCP connection
	late    bool
	sight   sight
	review  string // status of the review sent over it, when it was verified
}

func runProbeFresh(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if !session.apiPeer.IsValid() {
		return notApplicable("%s has no address", session.Host)
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	select { // the other probes first, as ICMP errors are rationed
	case <-time.After(headStart):
	case <-ctx.Done():
	}
	met := make([]meeting, freshConnections)
	var wait sync.WaitGroup
	for i := range met {
		wait.Go(guarded(ctx, func() { met[i] = meet(ctx, sys, session) }))
	}
	wait.Wait()
	return pass(meetingEvidence(met), "%s", meetingSummary(met))
}

func meet(ctx context.Context, sys *System, session *Session) meeting {
	w := startWatch(ctx)
	conn, err := session.dialAPI(ctx, sys)
	m := meeting{late: cameLate(conn, err, w.took())}
	if err != nil {
		m.failure = bareNetError(ctx, err).Error()
		return m
	}
	defer conn.Close()
	if session.roots == nil {
		m.sight.err = errors.New("no ca.crt to verify with")
		return m
	}
	config := session.tlsConfig(sys)
	config.NextProtos = []string{"http/1.1"}
	var client *tls.Conn
	client, m.sight = glimpse(ctx, conn, config)
	if m.sight.err == nil && session.API != nil {
		m.review = reviewOver(ctx, client, session)
	}
	return m
}

// reviewOver sends the token over one connection that has been verified.
func reviewOver(ctx context.Context, conn *tls.Conn, session *Session) string {
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	body := `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	request, err := http.NewRequest(http.MethodPost, "https://"+net.JoinHostPort(session.Host, session.Port)+"/apis/authentication.k8s.io/v1/selfsubjectreviews", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+session.token.text())
	request.Header.Set("Content-Type", "application/json")
	if err := request.Write(conn); err != nil {
		return "no answer"
	}
	response, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxHeader)), request)
	if err != nil {
		return "no answer"
	}
	return response.Status
}

func meetingEvidence(met []meeting) Evidence {
	failed, leaves := map[string]int{}, map[string]int{}
	connected, verified, slow := 0, 0, 0
	for _, m := range met {
		if m.failure != "" {
			failed[m.failure]++
			continue
		}
		connected++
		if m.late {
			slow++
		}
		if m.sight.err == nil {
			verified++
		}
		key := "no certificate: " + fmt.Sprint(m.sight.err)
		if m.sight.leaf != nil {
			key = fmt.Sprintf("leaf %s", m.sight)
			if m.review != "" {
				key += ", review " + m.review
			}
		}
		leaves[key]++
	}
	var e Evidence
	e.Add("connections", "%d", len(met))
	e.Add("connected", "%d", connected)
	e.Add("slow connects", "%d", slow)
	e.Add("verified", "%d", verified)
	for _, text := range slices.Sorted(maps.Keys(failed)) {
		e.Add("failed: "+text, "%d", failed[text])
	}
	for _, text := range slices.Sorted(maps.Keys(leaves)) {
		e.Add(text, "%d", leaves[text])
	}
	return e
}

func meetingSummary(met []meeting) string {
	e := meetingEvidence(met)
	return fmt.Sprintf("%s of %s fresh connections connect, %s verify", e.Get("connected"), e.Get("connections"), e.Get("verified"))
}
