package checks

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// moreConnections follow the first: a Service IP that leads to several API
// servers, one of them dead, works only now and then. Where one of two is dead,
// all eight connections succeed in 1 run of 256, where one of three in 1 of 26.
const moreConnections = 7

const (
	// secondLook is how many connections follow where some of those were late or
	// silent.
	secondLook = 6
	// settle is before a second look: SYNs that were sent again stand in the queue,
	// too.
	settle = 300 * time.Millisecond
)

// pace is how connections to one address follow each other.
type pace struct {
	atOnce int
	every  time.Duration // between the starts of two turns
	eager  bool          // the next turn begins as soon as all of this one have ended
}

var (
	// inPairs lets no silent server hold up the others, and costs nothing where all
	// answer. Eight at once would be more than a small server's listen queue has room
	// for.
	inPairs = pace{2, 50 * time.Millisecond, true}
	// unhurried leaves any server the time to take each connection from its queue, so
	// that what is late or silent again is not of this program's making.
	unhurried = pace{1, 100 * time.Millisecond, false}
	// oneByOne is for a server that has kept up with pairs.
	oneByOne = pace{1, 100 * time.Millisecond, true}
)

// connections are those to the API's address: the first, those that follow, and
// those of a second look where some of the latter were late or silent.
type connections struct {
	first, more, again []netprobe.DialResult
}

func (c connections) all() []netprobe.DialResult { return slices.Concat(c.first, c.more, c.again) }

// doubtful says that some came late and some did not, and that a second look has met
// nothing of the kind again: the pace of the first may have been too much for the server.
func (c connections) doubtful() bool {
	bad := lateOf(c.all()) + len(failuresOf(c.all()))
	looked := len(c.again) == secondLook || lateOf(c.more)+len(failuresOf(c.more)) == 0
	return looked && lateOf(c.all()) > 0 && bad < len(c.all()) && lateOf(c.again)+len(failuresOf(c.again)) == 0 && !anyRefused(c.all())
}

// openMore opens more connections to the address that has answered, and says what
// becomes of them and the first one. A dead server answers no second SYN either,
// so that a connection which comes late tells of loss.
func (c *connections) openMore(ctx context.Context, sys *pod.System, session *Session, log *observe.Log, first netprobe.DialResult, e observe.Evidence) Outcome {
	address := net.JoinHostPort(first.Addr.String(), session.Port)
	c.more = dialPaced(ctx, sys, first.Addr, session.Port, moreConnections, inPairs)
	noTime := moreConnections - len(c.more)
	c.record(session, log)
	late, failures := lateOf(c.more), failuresOf(c.more)
	session.allConnect = late+len(failures)+noTime == 0
	e.Add("more connections", "%d", len(c.more))
	if noTime > 0 {
		e.Add("had no time", "%d", noTime)
	}
	e.Add("late", "%d", late)
	e.Add("failed", "%d", len(failures))
	if late+len(failures) > 0 && !anyRefused(c.more) {
		select {
		case <-time.After(settle):
		case <-ctx.Done():
		}
		c.again = dialPaced(ctx, sys, first.Addr, session.Port, secondLook, unhurried)
		c.record(session, log)
		e.Add("looked again", "%d", len(c.again))
		e.Add("late again", "%d", lateOf(c.again))
		e.Add("failed again", "%d", len(failuresOf(c.again)))
		late, failures = late+lateOf(c.again), slices.Concat(failures, failuresOf(c.again))
	}
	slices.Sort(failures)
	for _, text := range slices.Compact(slices.Clone(failures)) {
		e.Add("failure", "%s", text)
	}
	more := len(c.more) + len(c.again)
	switch {
	case late+len(failures) == 0 && noTime > 0:
		return pass(e, "%s connects in %s; %d of %d more connections had no time to be answered", address, observe.FormatDuration(first.Took), noTime, moreConnections)
	case first.Late && late+len(failures) == 0:
		return pass(e, "%s connects in %s at first, then %d of %d at once", address, observe.FormatDuration(first.Took), more, more)
	case c.doubtful():
		return pass(e, "%s connects in %s; of %d more connections %d are late and %d fail, of %d after them none", address, observe.FormatDuration(first.Took), len(c.more), late, len(failures), len(c.again))
	case late > 0 && !anyRefused(c.all()):
		return warn(e, "%s connects in %s; of %d more connections %d are late, after a lost packet, and %d fail", address, observe.FormatDuration(first.Took), more, late, len(failures))
	case len(failures) > 0:
		return warn(e, "%s connects in %s; of %d more connections %d fail: %s", address, observe.FormatDuration(first.Took), more, len(failures), failures[0])
	}
	return pass(e, "%s connects in %s", address, observe.FormatDuration(first.Took))
}

// record records all connections so far, as far as it is known what came of them.
func (c connections) record(session *Session, log *observe.Log) {
	known := slices.DeleteFunc(c.all(), func(d netprobe.DialResult) bool { return d.Cut })
	for _, answered := range slices.Clone(known) { // an address of another family is no server's fault
		if answered.Err == nil {
			known = slices.DeleteFunc(known, func(d netprobe.DialResult) bool { return d.Err != nil && d.Addr != answered.Addr && !d.IsDead() })
		}
	}
	if len(known) == 0 {
		return
	}
	failed := slices.DeleteFunc(slices.Clone(known), func(d netprobe.DialResult) bool { return d.Err == nil })
	answer := observe.Answers
	if len(failed) > 0 {
		answer = bestAnswer(failed)
	}
	if session.httpProxy != nil {
		observe.APIDirect.Saw(log, answer)
		return
	}
	late, refused := lateOf(known), 0
	for _, d := range failed {
		if d.Answer() == observe.Refuses {
			refused++
		}
	}
	observe.APIAtFirst.Saw(log, late-lateOf(c.again)+len(failed)-len(failuresOf(c.again)), len(known)-len(c.again))
	observe.APIRefused.Saw(log, refused, len(known))
	if c.doubtful() {
		answer, late, failed = observe.Answers, 0, nil
	}
	observe.APITCP.Saw(log, answer)
	observe.APIFails.Saw(log, len(failed), len(known))
	observe.APILate.Saw(log, late, len(known))
}

// bestAnswer is the first in the order of the vocabulary.
func bestAnswer(all []netprobe.DialResult) observe.Answer {
	order := observe.APITCP.Words
	return slices.MinFunc(all, func(a, b netprobe.DialResult) int {
		return slices.Index(order, string(a.Answer())) - slices.Index(order, string(b.Answer()))
	}).Answer()
}

// dialPaced opens n connections to an address, each for as long as a second SYN
// needs, and closes them when all have ended. It leaves out those
// that ctx has ended before oneSYN.
func dialPaced(ctx context.Context, sys *pod.System, to netip.Addr, port string, n int, p pace) []netprobe.DialResult {
	all := make([]netprobe.DialResult, n)
	begun := p.run(ctx, n, func(i int) {
		ctx, cancel := pulse.Within(ctx, netprobe.SecondSYN)
		defer cancel()
		all[i] = netprobe.DialOne(ctx, sys, to, port)
	})
	netprobe.CloseOthers(all, nil)
	return slices.DeleteFunc(all[:begun], func(d netprobe.DialResult) bool {
		return ctx.Err() != nil && errors.Is(d.Err, context.Cause(ctx)) && d.Took < oneSYN
	})
}

// run calls do for 0 to n-1, waits for all, and returns how many it has begun: none
// once ctx has ended.
func (p pace) run(ctx context.Context, n int, do func(i int)) (begun int) {
	var wait sync.WaitGroup
	for begun < n && ctx.Err() == nil {
		var turn sync.WaitGroup
		for range min(n-begun, p.atOnce) {
			i := begun
			turn.Go(panics.Guarded(ctx, func() { do(i) }))
			begun++
		}
		ended := make(chan struct{})
		wait.Go(func() {
			turn.Wait()
			if p.eager {
				close(ended)
			}
		})
		if begun < n {
			select {
			case <-ended:
			case <-time.After(p.every):
			case <-ctx.Done():
			}
		}
	}
	wait.Wait()
	return begun
}

func lateOf(all []netprobe.DialResult) (late int) {
	for _, d := range all {
		if d.Late {
			late++
		}
	}
	return late
}

func failuresOf(all []netprobe.DialResult) (texts []string) {
	for _, d := range all {
		if d.Err != nil {
			texts = append(texts, d.Err.Error())
		}
	}
	return texts
}

func anyRefused(all []netprobe.DialResult) bool {
	return slices.ContainsFunc(all, func(d netprobe.DialResult) bool { return d.Err != nil && d.Answer() == observe.Refuses })
}
