package checks

import (
	"context"
	"net/netip"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeDropped = &Check{
	ID:      "probe.dropped",
	Title:   "whether this pod's own rules drop what comes in, by the kernel's counters",
	Needs:   []string{"env.service"},
	Probe:   true,
	Records: []*observe.Row{observe.NetDropped.Row, observe.DNSStray.Row},
	Run:     runProbeDropped,
}

const (
	// droppedTries is how many connections, or questions, ask for an answer.
	droppedTries = 6
	// droppedLeast is from how many packets on they are no chance: of each connection
	// three SYNs are answered within the time of a probe.
	droppedLeast = 2 * droppedTries
)

// runProbeDropped asks for many answers and looks whether the kernel counts packets that
// came in and that no socket took: what is dropped elsewhere never comes in.
func runProbeDropped(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !isPods(sys) || session.httpProxy != nil || !session.apiPeer.Unmap().Is4() {
		return notApplicable("not an IPv4 address that is reached from a pod's own network")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	before, okBefore := pod.ReadCounters(sys)
	switch {
	case session.apiSilent:
		for _, d := range dialAtOnce(ctx, sys, session.apiPeer, session.Port, droppedTries) {
			if d.Err == nil || d.Answer() != observe.Silent {
				return pass(nil, "%s: %s", session.apiPeer, d)
			}
		}
	case session.tcpOpen.IsZero() || !askInVain(ctx, sys):
		return notApplicable("neither the API server nor the first nameserver is silent")
	}
	after, okAfter := pod.ReadCounters(sys)
	if !okBefore || !okAfter {
		return notApplicable("the kernel's counters are not readable")
	}
	counted := after.Since(before)
	dropped := int64(counted.Dropped)
	var e observe.Evidence
	e.Add("came in and no socket took", "%d packets", dropped)
	e.Add("datagrams that no socket took", "%d", counted.Stray)
	if !session.apiSilent && counted.Stray >= droppedLeast {
		observe.DNSStray.Saw(log, true)
		return pass(e, "%d datagrams came in that are none of the nameserver's, for sockets that wait for its answers", counted.Stray)
	}
	if dropped < droppedLeast {
		return pass(e, "no packets that came in were dropped here")
	}
	observe.NetDropped.Saw(log, true)
	return pass(e, "%d packets came in and were dropped in this network namespace", dropped)
}

// dialAtOnce opens connections and waits for all of them.
func dialAtOnce(ctx context.Context, sys *pod.System, to netip.Addr, port string, n int) []netprobe.DialResult {
	all := make([]netprobe.DialResult, n)
	pace{atOnce: n, every: time.Millisecond}.run(ctx, n, func(i int) { all[i] = netprobe.DialOne(ctx, sys, to, port) })
	netprobe.CloseOthers(all, nil)
	return all
}

// askInVain sends questions to the first nameserver, again and again, and says whether all
// of them stay without an answer.
func askInVain(ctx context.Context, sys *pod.System) bool {
	conf, _ := pod.ReadResolvConf(sys)
	if len(conf.Nameservers) == 0 || !conf.Nameservers[0].Unmap().Is4() {
		return false
	}
	silent := make([]bool, droppedTries)
	pace{atOnce: droppedTries, every: time.Millisecond}.run(ctx, droppedTries, func(i int) {
		reply, err := netprobe.Ask(ctx, sys, "udp", conf.Nameservers[0], conf.APIName(), recordFor(""))
		silent[i] = err != nil && reply.Answer(err) == observe.Silent
	})
	for _, s := range silent {
		if !s {
			return false
		}
	}
	return true
}
