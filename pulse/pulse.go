// Package pulse measures time without that for which this process was kept from running.
package pulse

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// pulse tells how long this process was kept from running: on a node that is
// full, by a CPU limit, in a machine that stood still. What is late then is this
// process, and not the network or the API server.
type pulse struct {
	mu   sync.Mutex
	due  time.Time     // of the next beat
	lost time.Duration // by which beats have come late
	gaps []gap         // between the moments when those were due and when they came
}

type gap struct{ from, to time.Time }

const (
	beat = 20 * time.Millisecond
	// onTime is how late a beat may be on a machine that has nothing else to do.
	onTime = 5 * time.Millisecond
)

type pulseKey struct{}

// Start returns a context whose limits and watches do not count the time for
// which this process was kept from running.
func Start(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	p := &pulse{due: time.Now().Add(beat)}
	go p.run(ctx.Done())
	return context.WithValue(ctx, pulseKey{}, p), stop
}

func (p *pulse) run(end <-chan struct{}) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-end:
			return
		case <-ticker.C:
		}
		runtime.Gosched() // behind all else of this process that waits to run
		p.mu.Lock()
		if late := lateness(p.due); late > 0 {
			p.lost += late
			p.gaps = append(p.gaps, gap{p.due, p.due.Add(late)})
		}
		p.due = time.Now().Add(beat)
		p.mu.Unlock()
		ticker.Reset(beat)
	}
}

func lateness(due time.Time) time.Duration {
	if late := time.Since(due); late > onTime {
		return late
	}
	return 0
}

// Lost is how long this process could not run since the pulse began.
func Lost(ctx context.Context) time.Duration {
	p, ok := ctx.Value(pulseKey{}).(*pulse)
	if !ok {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost + lateness(p.due)
}

// gapsSince are the gaps that ended after start, and the one that has not ended.
func gapsSince(ctx context.Context, start time.Time) (gaps []gap) {
	p, ok := ctx.Value(pulseKey{}).(*pulse)
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range append(slices.Clip(p.gaps), gap{p.due, p.due.Add(lateness(p.due))}) {
		if g.to.After(g.from) && g.to.After(start) {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// Watch measures time without that for which this process could not run.
type Watch struct {
	ctx   context.Context
	start time.Time
	lost  time.Duration
}

// StartWatch begins to measure.
func StartWatch(ctx context.Context) Watch { return Watch{ctx, time.Now(), Lost(ctx)} }

// Took is how long it was at least; wall how long it was at most.
func (w Watch) Took() time.Duration {
	return max(0, time.Since(w.start)-(Lost(w.ctx)-w.lost))
}

// Waited is how long one answer took at least: this process may have asked late and
// noticed late, but whenever it ran in between there was no answer.
func (w Watch) Waited() time.Duration {
	asked, noticed := w.start, time.Now()
	if gaps := gapsSince(w.ctx, w.start); len(gaps) > 0 {
		if first := gaps[0]; first.from.Before(asked.Add(beat)) {
			asked = first.to
		}
		if last := gaps[len(gaps)-1]; last.to.After(noticed.Add(-beat)) {
			noticed = last.from
		}
	}
	return max(noticed.Sub(asked), w.Took())
}

// Wall is how long it was at most.
func (w Watch) Wall() time.Duration { return time.Since(w.start) }

// Within returns a context that ends, with "no answer within", once this process
// has had limit to run.
func Within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := StartWatch(ctx)
	go func() {
		for left := limit; left > 0; left = limit - w.Took() {
			select {
			case <-ctx.Done():
				return
			case <-time.After(left):
			}
		}
		cancel(Silence("no answer within " + observe.FormatDuration(limit)))
	}()
	return ctx, func() { cancel(nil) }
}

// Silence is the end of a wait by a limit of ours. Any other end of a context
// says nothing of who was waited for.
type Silence string

// Error implements error.
func (s Silence) Error() string { return string(s) }
