package checks

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// stopGrace is how long a check may take to return after its context ended.
const stopGrace = 400 * time.Millisecond

// Choose says which probes are worth their time after what has been seen: by their
// ids, with the reason.
type Choose func(seen observe.Set, probes []*Check) map[string]string

// Run runs the checks one after the other, each for at most limit, and yields
// each result as it comes; then, side by side, those of the probes among them that
// are chosen, all where choose is nil. When ctx ends, what is under way and what
// comes after it are yielded as skipped with the cause of the end.
func Run(ctx context.Context, sys *pod.System, list []*Check, limit time.Duration, choose Choose) iter.Seq[observe.Result] {
	return func(yield func(observe.Result) bool) {
		ctx, stop := pulse.Start(ctx)
		defer stop()
		r := run{ctx: ctx, limit: limit, blocks: map[string]string{}}
		r.session.run, r.session.token = ctx, redact.ReadToken(sys)
		for _, c := range list {
			r.session.listed = append(r.session.listed, c.ID)
		}
		r.sys = redact.Guard(sys, r.session.token)
		r.session.cpuBefore = pod.ReadCPU(sys)
		defer r.end()
		var probes []*Check
		for _, c := range list {
			if c.Probe {
				probes = append(probes, c)
			} else if !yield(r.check(c)) {
				return
			}
		}
		why := map[string]string{}
		if choose != nil {
			why = choose(observe.Merge(r.seen...), probes)
			probes = slices.DeleteFunc(probes, func(c *Check) bool { _, chosen := why[c.ID]; return !chosen })
		}
		for result := range r.probes(probes, why) {
			if !yield(result) {
				return
			}
		}
	}
}

// run is one run of a list of checks.
type run struct {
	ctx     context.Context
	sys     *pod.System
	limit   time.Duration
	session Session
	blocks  map[string]string // what a check that ran blocks others with: itself, its own blocker, or nothing
	seen    []observe.Set     // by the checks that ran
	stuck   string            // a check that did not return and may still be at work on the session
}

func (r *run) end() {
	if r.stuck == "" {
		r.session.close()
	}
}

func (r *run) check(c *Check) observe.Result {
	result, nonBlocking, returned := r.one(c)
	if !returned {
		r.stuck = c.ID
	}
	r.blocks[c.ID] = result.BlockedBy
	if result.Status == observe.Fail && !nonBlocking {
		r.blocks[c.ID] = c.ID
	}
	r.seen = append(r.seen, result.Observations)
	return result
}

// probes runs probes side by side, and yields those that could be made.
func (r *run) probes(list []*Check, why map[string]string) iter.Seq[observe.Result] {
	return func(yield func(observe.Result) bool) {
		var answers []chan observe.Result
		var late atomic.Bool
		for _, c := range list {
			answer := make(chan observe.Result, 1)
			answers = append(answers, answer)
			go func() {
				result, _, returned := r.one(c)
				if !returned {
					late.Store(true)
				}
				result.Why = why[c.ID]
				answer <- result
			}()
		}
		more := true
		for _, answer := range answers {
			if result := <-answer; more && result.Status != observe.Skip {
				more = yield(result)
			}
		}
		if late.Load() {
			r.stuck = "probe"
		}
	}
}

// one runs one check or probe, or says why it cannot run.
func (r *run) one(c *Check) (result observe.Result, nonBlocking, returned bool) {
	start, log := time.Now(), &observe.Log{}
	out, returned := Outcome{}, true
	switch by := r.blockedBy(c); {
	case by != "":
		out = blocked(by)
	case r.ctx.Err() != nil:
		out = Outcome{Status: observe.Skip, Summary: "not run: " + endOf(r.ctx)}
	default:
		out, returned = runOne(r.ctx, r.sys, &r.session, log, c, r.limit)
	}
	switch {
	case out.broken:
		observe.Broken.Saw(log, true)
	case out.cut:
		log = &observe.Log{}
	}
	out.Summary, out.Evidence = r.session.token.Clean(out.Summary), r.session.token.CleanEvidence(out.Evidence)
	return observe.Result{
		ID: c.ID, Title: c.Title, Status: out.Status, Summary: out.Summary,
		Evidence: out.Evidence.Unique(), Observations: log.Seen().MapTexts(r.session.token.Clean), BlockedBy: out.BlockedBy, Took: observe.Milliseconds(max(time.Since(start), out.took)),
	}, out.NonBlocking, returned
}

// blockedBy returns the first check that keeps c from running: the one that
// failed, not one that was itself skipped because of it.
func (r *run) blockedBy(c *Check) string {
	if r.stuck != "" {
		return r.stuck
	}
	for _, need := range c.Needs {
		if by, ran := r.blocks[need]; !ran {
			return need
		} else if by != "" {
			return by
		}
	}
	return ""
}

// runOne runs one check; returned is false when the check ignored its end and
// may still be at work on the session.
func runOne(ctx context.Context, sys *pod.System, session *Session, log *observe.Log, c *Check, limit time.Duration) (out Outcome, returned bool) {
	beside := make(chan panics.Caught, 1)
	own, cancel := pulse.Within(panics.Into(ctx, beside), limit)
	defer cancel()
	result := make(chan Outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				result <- panicked(panics.Caught{Value: p, Frames: panics.Frames()})
			}
		}()
		result <- c.Run(own, sys, session, log)
	}()
	var broken *Outcome // by a panic beside the check's own goroutine
	var late <-chan struct{}
	ended := own.Done()
	for {
		select {
		case p := <-beside:
			out := panicked(p)
			broken = &out
			cancel()
		case out := <-result:
			select {
			case p := <-beside:
				return panicked(p), true
			default:
			}
			if broken != nil {
				return *broken, true
			}
			if ctx.Err() != nil && (out.Status != observe.Pass || c.Probe) { // a probe passes whatever it saw
				out = Outcome{Status: observe.Skip, Summary: "cut off: " + endOf(ctx), Evidence: out.Evidence, cut: true}
			}
			return out, true
		case <-ended:
			grace, cancel := pulse.Within(context.WithoutCancel(ctx), stopGrace)
			defer cancel()
			ended, late = nil, grace.Done()
		case <-late:
			if broken != nil {
				return *broken, false
			}
			if ctx.Err() != nil {
				return Outcome{Status: observe.Skip, Summary: "cut off: " + endOf(ctx), cut: true}, false
			}
			return Outcome{
				Status: observe.Fail, broken: true,
				Summary: fmt.Sprintf("%s did not return %s after its end: %s", c.ID, stopGrace, context.Cause(own)),
			}, false
		}
	}
}

// maxFrames is how many functions are listed as evidence.
const maxFrames = 12

func panicked(p panics.Caught) Outcome {
	out := Outcome{Status: observe.Fail, broken: true, Summary: fmt.Sprintf("panic: %v", p.Value)}
	for i, frame := range p.Frames[:min(len(p.Frames), maxFrames)] {
		out.Evidence.Add(fmt.Sprintf("stack %02d", i), "%s", frame)
	}
	return out
}

// worthAWord is how much of a run must be lost to be named as the reason why it
// was cut off.
const worthAWord = 2 * time.Second

// endOf says why ctx has ended.
func endOf(ctx context.Context) string {
	cause := context.Cause(ctx).Error()
	if lost := pulse.Lost(ctx); lost >= worthAWord {
		return fmt.Sprintf("%s; for %s this process was kept from running, by a CPU limit or a full node", cause, observe.FormatDuration(lost))
	}
	return cause
}
