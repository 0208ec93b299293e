package checks

import (
	"context"
	"net"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var netOpen = &Check{
	ID:      "net.open",
	Title:   "connections that this pod has open to the API server get answers",
	Needs:   []string{"net.connect"},
	Aside:   true,
	Records: []*observe.Row{observe.NetStalled.Row},
	Run:     runNetOpen,
}

// runNetOpen looks at the connections of all the pod's containers: one whose
// other end is gone without a word hangs for a quarter of an hour, while new
// ones succeed.
func runNetOpen(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	select { // the connections that net.connect makes are none of the pod's
	case <-session.connected:
	case <-ctx.Done():
	}
	if !session.socketsBefore {
		observe.NetStalled.Saw(log, 0)
		return pass(nil, "no other connection is open in this pod")
	}
	all, err := pod.ReadSockets(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	address := net.JoinHostPort(session.apiAddress(), session.Port)
	open, stuck := all.OpenTo(address, session.tcp)
	observe.NetStalled.Saw(log, stuck)
	var e observe.Evidence
	e.Add("open connections", "%d", open)
	e.Add("stuck connections", "%d", stuck)
	if stuck > 0 {
		return warn(e, "%s: new connections succeed; stalled connections of this pod: %d", address, stuck)
	}
	return pass(e, "%s: no stalled connection", address)
}
