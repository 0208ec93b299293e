package checks

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"strings"
	"time"
)

// stopGrace is how long a check may take to return after its context ended.
const stopGrace = 400 * time.Millisecond

// Run runs the checks one after the other, each for at most limit, and yields
// each result as it comes. When ctx ends, the check under way and those after
// it are yielded as skipped with the cause of the end.
func Run(ctx context.Context, sys *System, list []*Check, limit time.Duration) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		var facts Facts
		blocks := map[string]string{} // what a check that ran blocks others with: itself, its own blocker, or nothing
		stuck := ""
		for _, c := range list {
			start := time.Now()
			out, returned := Outcome{}, true
			switch by := blockedBy(c, blocks, stuck); {
			case by != "":
				out = blocked(by)
			case ctx.Err() != nil:
				out = Outcome{Status: Skip, Summary: "not run: " + context.Cause(ctx).Error()}
			default:
				out, returned = runOne(ctx, sys, &facts, c, limit)
			}
			if !returned {
				stuck = c.ID
			}
			if stuck == "" { // a stuck check may still write the facts, the token among them
				out = facts.token.scrub(out)
			}
			if out.Code == "" && (out.Status == Warn || out.Status == Fail) {
				out.Code = c.ID
			}
			r := Result{
				ID: c.ID, Title: c.Title, Status: out.Status, Code: out.Code, Summary: out.Summary,
				Evidence: out.Evidence.unique(), BlockedBy: out.BlockedBy, Took: Milliseconds(time.Since(start)),
			}
			blocks[c.ID] = r.BlockedBy
			if out.Status == Fail && !out.GoOn {
				blocks[c.ID] = c.ID
			}
			if !yield(r) {
				break
			}
		}
		if stuck == "" {
			facts.close()
		}
	}
}

// blockedBy returns the first check that keeps c from running: the one that
// failed, not one that was itself skipped because of it.
func blockedBy(c *Check, blocks map[string]string, stuck string) string {
	if stuck != "" {
		return stuck
	}
	for _, need := range c.Needs {
		if by, ran := blocks[need]; !ran {
			return need
		} else if by != "" {
			return by
		}
	}
	return ""
}

// runOne runs one check; returned is false when the check ignored its end and
// may still be at work on the facts.
func runOne(ctx context.Context, sys *System, facts *Facts, c *Check, limit time.Duration) (out Outcome, returned bool) {
	own, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	result := make(chan Outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				result <- panicked(p)
			}
		}()
		result <- c.Run(own, sys, facts)
	}()
	var late <-chan time.Time
	ended := own.Done()
	for {
		select {
		case out := <-result:
			if ctx.Err() != nil && out.Status != Pass {
				out = Outcome{Status: Skip, Summary: "cut off: " + context.Cause(ctx).Error(), Evidence: out.Evidence}
			}
			return out, true
		case <-ended:
			ended, late = nil, time.After(stopGrace)
		case <-late:
			return Outcome{
				Status: Fail, Code: "internal.error",
				Summary: fmt.Sprintf("%s did not return %s after its end: %s", c.ID, stopGrace, context.Cause(own)),
			}, false
		}
	}
}

func panicked(p any) Outcome {
	out := Outcome{Status: Fail, Code: "internal.error", Summary: fmt.Sprintf("panic: %v", p)}
	for i, line := range strings.Split(string(debug.Stack()), "\n") {
		if i < 24 {
			out.Evidence.Add(fmt.Sprintf("stack %02d", i), "%s", strings.TrimSpace(line))
		}
	}
	return out
}
