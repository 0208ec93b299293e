package checks

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// probing are probes that run side by side.
type probing struct {
	stop    context.CancelFunc
	answers map[*Check]chan probed
	running sync.WaitGroup
}

type probed struct {
	result   observe.Result
	returned bool
}

// beginProbes begins probes that share a session, and leave it as it is.
func (r *run) beginProbes(list []*Check, session *Session) *probing {
	ctx, stop := context.WithCancel(r.ctx)
	p := &probing{stop: stop, answers: map[*Check]chan probed{}}
	for _, c := range list {
		answer, by := make(chan probed, 1), r.blockedBy(c)
		p.answers[c] = answer
		p.running.Go(func() {
			result, _, returned := r.one(ctx, c, by, session)
			answer <- probed{result, returned}
		})
	}
	return p
}

// drop ends probes whose results are not wanted. One that does not return goes on with
// connections of its own, and is in nobody's way.
func (p *probing) drop() {
	if p == nil {
		return
	}
	p.stop()
	p.running.Wait()
}

// runProbes runs the probes that are chosen, but for those that have run beside a wait, and
// yields those that could be made.
func (r *run) runProbes(yield func(observe.Result) bool) {
	why := map[string]string{}
	chosen := r.probes
	if r.choose != nil {
		why = r.choose(observe.Merge(r.seen...), r.probes)
		chosen = slices.DeleteFunc(slices.Clone(r.probes), func(c *Check) bool { _, chosen := why[c.ID]; return !chosen })
	}
	early := r.early
	if early == nil {
		early = &probing{stop: func() {}}
	}
	late := r.beginProbes(slices.DeleteFunc(slices.Clone(chosen), func(c *Check) bool { return early.answers[c] != nil }), &r.session)
	more := true
	for _, c := range chosen {
		answer := early.answers[c]
		if answer == nil {
			answer = late.answers[c]
		}
		p := <-answer
		if !p.returned {
			r.stuck = c.ID
		}
		p.result.Why = why[c.ID]
		if more && p.result.Status != observe.Skip {
			more = yield(p.result)
		}
	}
	late.drop()
}

// expectation is what a check will have seen, and learned for those after it, if nothing comes
// any more of what it waits for.
type expectation struct {
	seen  observe.Set
	learn func(*Session)
}

// inVain is how long a check waits before it tells what it expects: a little longer than a
// second SYN takes.
const inVain = netprobe.SecondSYN + 50*time.Millisecond

// expect tells the run what the check expects once it has waited in vain; what is called then.
// The function that it returns ends that, for one who has got an answer. Nothing is told if
// checks that can still run would see more: learn is nil then.
func (s *Session) expect(ctx context.Context, what func(log *observe.Log) (learn func(*Session))) (answered func()) {
	ctx, cancel := pulse.Within(ctx, inVain)
	var mu sync.Mutex
	over, told := false, false
	context.AfterFunc(ctx, panics.Guarded(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if _, silent := context.Cause(ctx).(pulse.Silence); !silent || over {
			return
		}
		var log observe.Log
		if learn := what(&log); learn != nil {
			told = true
			s.tell(&expectation{log.Seen(), learn})
		}
	}))
	return func() {
		cancel()
		mu.Lock()
		defer mu.Unlock()
		if told && !over {
			s.tell(nil)
		}
		over = true
	}
}
