package checks

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeRefusal = &Check{
	ID:      "probe.refusal",
	Title:   "who refuses connections to the API server, by the kernel's counters",
	Needs:   []string{"env.service"},
	Probe:   true,
	Records: []*observe.Row{observe.RefusedBy.Row},
	Run:     runProbeRefusal,
}

// refusalTries is how many connections are made: other programs of the pod may have
// refusals of their own meanwhile, but hardly as many. The kernel sends about six ICMP
// errors at once, and then one a second.
const refusalTries = 3

func runProbeRefusal(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !session.apiPeer.IsValid() || session.httpProxy != nil {
		return notApplicable("no connection was refused directly")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	select { // other probes have their refusals meanwhile, and probe.fresh later
	case <-time.After(headStart / 2):
	case <-ctx.Done():
	}
	refused := true // as against an errno that no reset gives
	before, okBefore := pod.ReadCounters(sys)
	for range refusalTries {
		d := netprobe.DialOne(ctx, sys, session.apiPeer, session.Port)
		netprobe.CloseOthers([]netprobe.DialResult{d}, nil)
		if d.Err == nil || !slices.Contains([]observe.Answer{observe.Refuses, observe.Prohibited, observe.Denied}, d.Answer()) {
			return pass(nil, "%s: %s", session.apiPeer, d)
		}
		refused = refused && d.Answer() == observe.Refuses
	}
	after, okAfter := pod.ReadCounters(sys)
	if !okBefore || !okAfter {
		return notApplicable("the kernel's counters are not readable")
	}
	counted := after.Since(before)
	var e observe.Evidence
	e.Add("connections", "%d", refusalTries)
	e.Add("counted as failed", "%d", counted.Refused)
	e.Add("resets sent", "%d", counted.ResetsSent)
	e.Add("ICMP messages", "%d", counted.Unreachable)
	by := prohibitedBy(counted)
	if refused {
		by = refusedBy(counted, session.apiPeer.IsLoopback() || !isPods(sys))
	}
	if by == "" {
		return pass(e, "%s: refused, and the counters do not say by whom", session.apiPeer)
	}
	observe.RefusedBy.Saw(log, by)
	return pass(e, "%s: refused by %s", session.apiPeer, by)
}

// refusedBy tells apart what is "connection refused" to a program: a reset raises the
// count of connections that failed, one that this kernel sends itself that of its resets,
// too, and an ICMP message raises that of ICMP, and on some kernels the first. Other
// programs may add a few to each.
func refusedBy(c pod.Counters, resetsAreUsual bool) observe.Refusal {
	switch {
	case c.ResetsSent >= refusalTries && !resetsAreUsual:
		return observe.ByOwnKernel
	case c.Unreachable >= refusalTries && c.Unreachable >= c.Refused:
		return observe.ByICMP
	case c.Refused >= refusalTries && c.Unreachable < refusalTries:
		return observe.ByReset
	}
	return ""
}

// prohibitedBy tells apart what gives EHOSTUNREACH or EPERM: an ICMP message is counted,
// and a connection whose SYN was sent counts as failed, while a program that replaces
// kube-proxy at connect(2) ends it before there is one.
func prohibitedBy(c pod.Counters) observe.Refusal {
	switch {
	case c.Unreachable >= refusalTries:
		return observe.ByICMP
	case c.Unreachable == 0 && c.Refused == 0:
		return observe.NoPacket
	}
	return ""
}

var probeAccepted = &Check{
	ID:      "probe.accepted",
	Title:   "whether a program in this pod accepts connections to the API server",
	Needs:   []string{"net.connect"},
	Probe:   true,
	Records: []*observe.Row{observe.AcceptedHere.Row, observe.AcceptedBy.Row},
	Run:     runProbeAccepted,
}

// runProbeAccepted looks for the other end of a connection of its own among the sockets
// of this network namespace: it is here if a transparent proxy has accepted it.
func runProbeAccepted(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.httpProxy != nil || session.apiPeer.IsLoopback() || !isPods(sys) {
		return notApplicable("the API server is not reached directly from a pod's own network")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	conn, err := session.dialAPI(ctx, sys)
	if err != nil {
		return notApplicable("%v", netprobe.RootError(ctx, err))
	}
	defer conn.Close()
	own, ok := conn.LocalAddr().(*net.TCPAddr)
	if !ok {
		return notApplicable("%s: no TCP connection", conn.LocalAddr())
	}
	sockets, err := pod.ReadSockets(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	port, user, here := sockets.AcceptedFrom(own.AddrPort())
	observe.AcceptedHere.Saw(log, here)
	var e observe.Evidence
	e.Add("from", "%s", own)
	if !here {
		return pass(e, "%s: no program in this pod accepts the connection", session.apiPeer)
	}
	e.Add("accepted on port", "%d", port)
	e.Add("by user", "%d", user)
	observe.AcceptedBy.Saw(log, fmt.Sprintf("port %d by user %d%s", port, user, meshOf(port, user)))
	return pass(e, "%s: a program in this pod accepts the connection, on port %d by user %d", session.apiPeer, port, user)
}

// meshOf names the mesh whose proxy has that port and runs as that user, as the charts
// and injectors of each set them.
func meshOf(port uint16, user uint32) string {
	switch {
	case port == 15001 && user == 1337:
		return " (Istio's sidecar)"
	case port == 15001 && user == 0:
		return " (Istio's ztunnel)"
	case port == 15001 && user == 5678:
		return " (Kuma)"
	case port == 15001 && user == 5995:
		return " (Consul)"
	case port == 4140:
		return " (Linkerd)"
	}
	return ""
}
