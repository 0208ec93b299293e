package checks

import (
	"context"
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
