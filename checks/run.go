package checks

import (
	"context"
	"fmt"
	"iter"
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

// Run runs the checks, each for at most limit, and yields each result in the order of the
// list: one after the other, but for those Aside; then, side by side, those of the probes
// among them that are chosen, all where choose is nil. Probes begin beside a wait that gets
// no answer, as if it had ended so. When ctx ends, what is under way and what comes after
// it are yielded as skipped with the cause of the end.
func Run(ctx context.Context, sys *pod.System, list []*Check, limit time.Duration, choose Choose) iter.Seq[observe.Result] {
	return func(yield func(observe.Result) bool) {
		ctx, stop := pulse.Start(ctx)
		defer stop()
		r := run{ctx: ctx, limit: limit, choose: choose, blocks: map[string]string{}}
		r.session.run, r.session.token, r.session.later = ctx, redact.ReadToken(sys), &later{connected: make(chan struct{})}
		var checks []*Check
		for _, c := range list {
			r.session.listed = append(r.session.listed, c.ID)
			if c.Probe {
				r.probes = append(r.probes, c)
			} else {
				checks = append(checks, c)
			}
		}
		r.sys = redact.Guard(sys, r.session.token)
		r.session.cpuBefore, r.session.socketsBefore = pod.ReadCPU(sys), pod.AnyTCP(sys)
		defer r.end()
		if r.inOrder(checks, stop, yield) {
			r.runProbes(yield)
		}
	}
}

// run is one run of a list of checks.
type run struct {
	ctx     context.Context
	sys     *pod.System
	limit   time.Duration
	choose  Choose
	probes  []*Check
	early   *probing          // those that have begun beside a wait
	session Session           // what the checks have learned that have ended
	blocks  map[string]string // what a check that ran blocks others with: itself, its own blocker, or nothing
	seen    []observe.Set     // by the checks that ran
	stuck   string            // a check that did not return and may still be at work on its connections
}

func (r *run) end() {
	r.early.drop()
	if r.stuck == "" {
		r.session.close()
	}
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

// one runs one check or probe with a session of its own, unless by keeps it from running.
func (r *run) one(ctx context.Context, c *Check, by string, session *Session) (result observe.Result, nonBlocking, returned bool) {
	start, log := time.Now(), &observe.Log{}
	out, returned := Outcome{}, true
	switch {
	case by != "":
		out = blocked(by)
	case r.ctx.Err() != nil:
		out = Outcome{Status: observe.Skip, Summary: "not run: " + endOf(r.ctx)}
	default:
		out, returned = runOne(ctx, r.sys, session, log, c, r.limit)
	}
	switch {
	case out.broken:
		observe.Broken.Saw(log, true)
	case out.cut:
		log = &observe.Log{}
	}
	clean := session.token.Clean
	return observe.Result{
		ID: c.ID, Title: c.Title, Status: out.Status, Summary: clean(out.Summary),
		Evidence: session.token.CleanEvidence(out.Evidence).Unique(), Observations: log.Seen().MapTexts(clean), BlockedBy: out.BlockedBy, Took: observe.Milliseconds(max(time.Since(start), out.took)),
	}, out.NonBlocking, returned
}

// runOne runs one check; returned is false when the check ignored its end and
// may still be at work.
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
