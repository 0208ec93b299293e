package checks

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

// maxFrames is how many functions are listed as evidence.
const maxFrames = 12

func panicked(p any) Outcome {
	out := Outcome{Status: Fail, broken: true, Summary: fmt.Sprintf("panic: %v", p)}
	frames := Frames()
	for i, frame := range frames[:min(len(frames), maxFrames)] {
		out.Evidence.Add(fmt.Sprintf("stack %02d", i), "%s", frame)
	}
	return out
}

type panicKey struct{}

// guarded is f for a goroutine that works for a check beside its own: a panic of
// f becomes the check's result instead of the end of the process.
func guarded(ctx context.Context, f func()) func() {
	return func() {
		defer func() {
			if p := recover(); p != nil {
				if panics, ok := ctx.Value(panicKey{}).(chan Outcome); ok {
					select {
					case panics <- panicked(p):
					default: // there is one already
					}
				}
			}
		}()
		f()
	}
}
