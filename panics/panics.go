// Package panics makes of a panic in a goroutine a value for who waits for it.
package panics

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// Frames names the functions that a panic went through, the innermost first,
// with file and line; what they were called with is memory, and left out. It is
// for the deferred function that recovers.
func Frames() []string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(1, counters[:])])
	var names []string
	for more := true; more; {
		var f runtime.Frame
		switch f, more = frames.Next(); {
		case f.Function == "runtime.gopanic": // what is above it has recovered
			names = nil
		case !strings.HasPrefix(f.Function, "runtime."):
			names = append(names, fmt.Sprintf("%s %s:%d", path.Base(f.Function), filepath.Base(f.File), f.Line))
		}
	}
	return names
}

// Caught is a panic that was recovered.
type Caught struct {
	Value  any
	Frames []string // the innermost first
}

type panicKey struct{}

// Into returns a context whose guarded functions send the first of their
// panics to the channel.
func Into(ctx context.Context, to chan<- Caught) context.Context {
	return context.WithValue(ctx, panicKey{}, to)
}

// Guarded is f for a goroutine that works beside the one that waits for it: a panic
// of f goes to the channel of ctx, and does not end the process.
func Guarded(ctx context.Context, f func()) func() {
	return func() {
		defer func() {
			if p := recover(); p != nil {
				if to, ok := ctx.Value(panicKey{}).(chan<- Caught); ok {
					select {
					case to <- Caught{p, Frames()}:
					default: // there is one already
					}
				}
			}
		}()
		f()
	}
}
