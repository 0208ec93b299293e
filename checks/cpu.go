package checks

import (
	"context"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

var processCPU = &Check{
	ID:    "process.cpu",
	Title: "the CPU time that this process had during the checks is known",
	Last:  true,
	Records: []*observe.Row{
		observe.LostTime.Row, observe.ThrottledTime.Row, observe.ThrottledPeriods.Row, observe.RunDelay.Row, observe.CPUPressure.Row, observe.Starved.Row,
	},
	Run: runProcessCPU,
}

// A run is starved that has lost so much of its time, and at least so long.
const (
	starvedShare = 4 // a quarter
	starvedTime  = time.Second
)

// runProcessCPU is the last check, so that it sees what all others had.
func runProcessCPU(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	return recordCPU(session.cpuBefore, pod.ReadCPU(sys), pulse.Lost(ctx), log)
}

// recordCPU records what was counted between two moments, and what this process has
// lost by its own clock.
func recordCPU(before, now pod.CPUCounts, lost time.Duration, log *observe.Log) Outcome {
	wall := now.At.Sub(before.At)
	observe.LostTime.Saw(log, lost)
	var e observe.Evidence
	e.Add("run", "%s", observe.FormatDuration(wall))
	e.Add("could not run", "%s", observe.FormatDuration(lost))
	worst := lost
	if limit, ok := now.Limit.Since(before.Limit); ok {
		observe.ThrottledTime.Saw(log, limit.Throttled)
		observe.ThrottledPeriods.Saw(log, limit.Stopped, limit.Periods)
		e.Add("throttled", "%s, in %d of %d periods of its CPU limit", observe.FormatDuration(limit.Throttled), limit.Stopped, limit.Periods)
		worst = max(worst, limit.Throttled)
	}
	if now.HasDelay && before.HasDelay {
		observe.RunDelay.Saw(log, now.Delay-before.Delay)
		e.Add("waited for a CPU", "%s", observe.FormatDuration(now.Delay-before.Delay))
	}
	if now.HasPressure && before.HasPressure {
		observe.CPUPressure.Saw(log, now.Pressure-before.Pressure)
		e.Add("somebody on this machine waited for a CPU", "%s", observe.FormatDuration(now.Pressure-before.Pressure))
	}
	starved := worst >= starvedTime && worst > wall/starvedShare
	observe.Starved.Saw(log, starved)
	if starved {
		return pass(e, "for %s of %s this process was kept from running, by a CPU limit or a full node: what rests on time is less sure", observe.FormatDuration(worst), observe.FormatDuration(wall))
	}
	return pass(e, "this process could run all the time, but for %s of %s", observe.FormatDuration(worst), observe.FormatDuration(wall))
}
