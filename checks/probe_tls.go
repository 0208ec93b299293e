package checks

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// smallSegment is what every IPv4 path carries, see RFC 9293, 3.7.1.
const smallSegment = 536

var probeSegment = &Check{
	ID:      "probe.segment",
	Title:   "what a handshake in small segments says",
	Needs:   []string{"net.connect"},
	Probe:   true,
	Records: []*observe.Row{observe.SegmentUsual.Row, observe.SegmentSmall.Row},
	Run:     runProbeSegment,
}

func runProbeSegment(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !session.stalled {
		return notApplicable("the handshake did not stall")
	}
	if session.httpProxy != nil {
		return notApplicable("a proxy stands between")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	var usual, small observe.Evidence
	var wait sync.WaitGroup
	wait.Go(panics.Guarded(ctx, func() {
		var end observe.Handshake
		usual, end = handshakeEvidence(ctx, sys, session, "usual segment", true)
		observe.SegmentUsual.Saw(log, end)
	}))
	wait.Go(panics.Guarded(ctx, func() {
		ctx := pod.WithSegment(ctx, smallSegment)
		var end observe.Handshake
		small, end = handshakeEvidence(ctx, sys, session, fmt.Sprintf("segment %d", smallSegment), false)
		observe.SegmentSmall.Saw(log, end)
	}))
	wait.Wait()
	e := slices.Concat(usual[:1], small, usual[1:])
	return pass(e, "%s: %s; %s: %s", e[0].Key, e[0].Value, e[1].Key, e[1].Value)
}

func handshakeEvidence(ctx context.Context, sys *pod.System, session *Session, key string, withState bool) (observe.Evidence, observe.Handshake) {
	conn, err := session.dialAPI(ctx, sys)
	if err != nil {
		return observe.Evidence{{Key: key, Value: netprobe.RootError(ctx, err).Error()}}, observe.NoConnection
	}
	defer conn.Close()
	_, r := netprobe.Handshake(ctx, sys, session.cas, conn, session.tlsConfig(sys))
	e := observe.Evidence{{Key: key, Value: r.Received()}}
	if state, ok := pod.TCPState(conn); withState && ok {
		e = append(e, state...)
	}
	return e, netprobe.HandshakeOf(r)
}

var probeHello = &Check{
	ID:      "probe.hello",
	Title:   "whether only a small ClientHello gets an answer",
	Needs:   []string{"net.connect"},
	Probe:   true,
	Records: []*observe.Row{observe.HelloSizes.Row},
	Run:     runProbeHello,
}

// classicalCurves are what Go offers but for X25519MLKEM768, whose key share takes 1,216
// bytes, see draft-ietf-tls-ecdhe-mlkem.
var classicalCurves = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}

func runProbeHello(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	const each = 2
	var passed [2 * each]bool
	texts := make([]string, len(passed))
	var wait sync.WaitGroup
	for i := range passed {
		wait.Go(panics.Guarded(ctx, func() {
			config := session.tlsConfig(sys)
			if i >= each {
				config.CurvePreferences = classicalCurves
			}
			conn, err := session.dialAPI(ctx, sys)
			if err != nil {
				texts[i] = netprobe.RootError(ctx, err).Error()
				return
			}
			defer conn.Close()
			_, r := netprobe.Handshake(ctx, sys, session.cas, conn, config)
			passed[i], texts[i] = gotAnswer(netprobe.HandshakeOf(r)), r.Received()
		}))
	}
	wait.Wait()
	observe.HelloSizes.Saw(log, sizesOf(passed[:each], passed[each:]))
	var e observe.Evidence
	e.Add("large ClientHello", "%s; %s", texts[0], texts[1])
	e.Add("small ClientHello", "%s; %s", texts[2], texts[3])
	return pass(e, "with a large ClientHello: %s; with a small one: %s", texts[0], texts[2])
}

// gotAnswer says that the server has read the ClientHello, whatever it made of it.
func gotAnswer(end observe.Handshake) bool {
	return end != observe.HandshakeSilent && end != observe.HandshakeClosed && end != observe.NoConnection
}

func sizesOf(large, small []bool) observe.Hello {
	switch anyLarge, anySmall := slices.Contains(large, true), slices.Contains(small, true); {
	case !anyLarge && !anySmall:
		return observe.HelloNone
	case !anyLarge && !slices.Contains(small, false):
		return observe.HelloSmall
	case slices.Contains(large, false) || slices.Contains(small, false):
		return observe.HelloMixed
	}
	return observe.HelloAny
}

var probeServerName = &Check{
	ID:      "probe.server-name",
	Title:   "what the server shows with and without a server name in the handshake",
	Needs:   []string{"net.connect"},
	Probe:   true,
	Records: []*observe.Row{observe.WithoutName.Row, observe.WithName.Row},
	Run:     runProbeServerName,
}

func runProbeServerName(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.stalled {
		return notApplicable("the handshake stalled")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	var e observe.Evidence
	for _, name := range []string{"", pod.ServiceName} {
		config, key, subject := session.tlsConfig(sys), "as clients do, with $"+hostVar, observe.WithoutName
		if name != "" {
			config.ServerName, key, subject = name, "with "+name, observe.WithName
		}
		conn, err := session.dialAPI(ctx, sys)
		if err != nil {
			subject.Saw(log, observe.NoConnection)
			e.Add(key, "%v", netprobe.RootError(ctx, err))
			continue
		}
		_, r := netprobe.Handshake(ctx, sys, session.cas, conn, config)
		conn.Close()
		subject.Saw(log, netprobe.HandshakeOf(r))
		e.Add(key, "%s", r)
	}
	return pass(e, "%s: %s", e[1].Key, e[1].Value)
}
