package checks

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// freshConnections is how many are opened: the kernel sends about six ICMP
// errors at once and then one a second, so more would look like loss.
const freshConnections = 6

// headStart is what the probes with a single packet have before this one, as ICMP
// errors are rationed.
const headStart = 200 * time.Millisecond

var probeFresh = &Check{
	ID:    "probe.fresh",
	Title: "what fresh connections meet, server by server",
	Needs: []string{"env.service"},
	Probe: true,
	Records: []*observe.Row{
		observe.AgainConnects.Row, observe.AgainLate.Row, observe.AgainRefused.Row, observe.FreshCertificates.Row, observe.FreshVerified.Row,
		observe.TokenFresh.Row, observe.FreshThrottled.Row,
	},
	Run: runProbeFresh,
}

// freshAttempt is one fresh connection and how far it came.
type freshAttempt struct {
	err       error // of the TCP connection
	late      bool
	handshake netprobe.HandshakeResult
	end       observe.Handshake // "" where TCP did not connect
	review    string            // status of the review sent over it, when it was verified
	status    int               // the same as a number; 0 where no answer came
}

func runProbeFresh(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !session.apiPeer.IsValid() {
		return notApplicable("%s has no address", session.Host)
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	p := oneByOne
	if !session.allConnect {
		p = unhurried
		select {
		case <-time.After(headStart):
		case <-ctx.Done():
		}
	}
	made := make([]freshAttempt, freshConnections)
	made = made[:p.run(ctx, len(made), func(i int) { made[i] = tryFresh(ctx, sys, session) })]
	recordConnects(session, made, log)
	recordCertificates(made, log)
	recordReviews(made, log)
	return pass(attemptsEvidence(made), "%s", attemptsSummary(made))
}

func tryFresh(ctx context.Context, sys *pod.System, session *Session) freshAttempt {
	w := pulse.StartWatch(ctx)
	conn, err := session.dialAPI(ctx, sys)
	a := freshAttempt{late: netprobe.CameLate(conn, err, w.Took())}
	if err != nil {
		a.err = netprobe.RootError(ctx, err)
		return a
	}
	defer conn.Close()
	if session.roots == nil {
		a.handshake.Err = errors.New("no ca.crt to verify with")
		return a
	}
	config := session.tlsConfig(sys)
	config.NextProtos = []string{"http/1.1"}
	var client *tls.Conn
	client, a.handshake = netprobe.Handshake(ctx, sys, session.cas, conn, config)
	a.end = netprobe.HandshakeOf(a.handshake)
	if a.handshake.Err == nil && session.API != nil {
		a.review, a.status = reviewOver(ctx, client, session)
	}
	return a
}

// reviewOver sends the token over one connection that has been verified.
func reviewOver(ctx context.Context, conn *tls.Conn, session *Session) (answer string, status int) {
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	body := `{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`
	request, err := http.NewRequest(http.MethodPost, "https://"+net.JoinHostPort(session.Host, session.Port)+"/apis/authentication.k8s.io/v1/selfsubjectreviews", strings.NewReader(body))
	if err != nil {
		return err.Error(), 0
	}
	request.Header.Set("Authorization", "Bearer "+session.token.Text())
	request.Header.Set("Content-Type", "application/json")
	if err := request.Write(conn); err != nil {
		return "no answer", 0
	}
	response, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxHeader)), request)
	if err != nil {
		return "no answer", 0
	}
	return response.Status, response.StatusCode
}

// recordConnects records what became of TCP. Through a proxy it says nothing of the
// API server's own address.
func recordConnects(session *Session, made []freshAttempt, log *observe.Log) {
	if session.httpProxy != nil {
		return
	}
	connects, late, refused := 0, 0, 0
	for _, a := range made {
		switch {
		case a.err == nil && a.late:
			connects, late = connects+1, late+1
		case a.err == nil:
			connects++
		case errors.Is(a.err, syscall.ECONNREFUSED):
			refused++
		}
	}
	observe.AgainConnects.Saw(log, connects, len(made))
	observe.AgainLate.Saw(log, late, len(made))
	observe.AgainRefused.Saw(log, refused, len(made))
}

func recordCertificates(made []freshAttempt, log *observe.Log) {
	verified, shown, handshakes := 0, 0, 0
	for _, a := range made {
		if a.end == observe.Verifies {
			verified++
		}
		if a.end == observe.Verifies || a.end == observe.Unverified {
			shown++
		}
		if a.end != "" {
			handshakes++
		}
	}
	if handshakes > 0 {
		observe.FreshVerified.Saw(log, verified, handshakes)
	}
	switch {
	case shown == 0:
	case verified == 0, verified == shown:
		observe.FreshCertificates.Saw(log, observe.CertificatesAlike)
	default:
		observe.FreshCertificates.Saw(log, observe.CertificatesDiffer)
	}
}

// recordReviews records what the servers made of one and the same token; a 403
// comes to who is known.
func recordReviews(made []freshAttempt, log *observe.Log) {
	answered, accepted, refused, throttled := 0, 0, 0, 0
	for _, a := range made {
		if a.status != 0 {
			answered++
		}
		switch a.status {
		case http.StatusOK, http.StatusCreated, http.StatusForbidden:
			accepted++
		case http.StatusUnauthorized:
			refused++
		case http.StatusTooManyRequests:
			throttled++
		}
	}
	if answered == 0 {
		return
	}
	observe.FreshThrottled.Saw(log, throttled, answered)
	switch {
	case accepted > 0 && refused > 0:
		observe.TokenFresh.Saw(log, observe.Differs)
	case refused > 0 && refused < answered:
		observe.TokenFresh.Saw(log, observe.Unclear)
	default:
		observe.TokenFresh.Saw(log, observe.Alike)
	}
}

func attemptsEvidence(made []freshAttempt) observe.Evidence {
	failed, leaves := map[string]int{}, map[string]int{}
	connected, verified, slow := 0, 0, 0
	for _, a := range made {
		if a.err != nil {
			failed[a.err.Error()]++
			continue
		}
		connected++
		if a.late {
			slow++
		}
		if a.handshake.Err == nil {
			verified++
		}
		key := "no certificate: " + fmt.Sprint(a.handshake.Err)
		if len(a.handshake.Served) > 0 {
			key = fmt.Sprintf("leaf %s", a.handshake)
			if a.review != "" {
				key += ", review " + a.review
			}
		}
		leaves[key]++
	}
	var e observe.Evidence
	e.Add("connections", "%d", len(made))
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

func attemptsSummary(made []freshAttempt) string {
	e := attemptsEvidence(made)
	return fmt.Sprintf("%s of %s fresh connections connect, %s verify", e.Get("connected"), e.Get("connections"), e.Get("verified"))
}
