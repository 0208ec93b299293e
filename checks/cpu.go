package checks

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

var processCPU = &Check{
	ID:    "process.cpu",
	Title: "the CPU time that this process had during the checks is known",
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
func runProcessCPU(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	before, now := session.cpuBefore, readCPU(sys)
	wall, lost := now.at.Sub(before.at), lostTime(ctx)
	observe.LostTime.Saw(log, lost)
	var e Evidence
	e.Add("run", "%s", span(wall))
	e.Add("could not run", "%s", span(lost))
	worst := lost
	if limit, ok := now.limit.since(before.limit); ok {
		observe.ThrottledTime.Saw(log, limit.throttled)
		observe.ThrottledPeriods.Saw(log, limit.stopped, limit.periods)
		e.Add("throttled", "%s, in %d of %d periods of its CPU limit", span(limit.throttled), limit.stopped, limit.periods)
		worst = max(worst, limit.throttled)
	}
	if now.hasDelay && before.hasDelay {
		observe.RunDelay.Saw(log, now.delay-before.delay)
		e.Add("waited for a CPU", "%s", span(now.delay-before.delay))
	}
	if now.hasPressure && before.hasPressure {
		observe.CPUPressure.Saw(log, now.pressure-before.pressure)
		e.Add("somebody on this machine waited for a CPU", "%s", span(now.pressure-before.pressure))
	}
	starved := worst >= starvedTime && worst > wall/starvedShare
	observe.Starved.Saw(log, starved)
	if starved {
		return pass(e, "for %s of %s this process was kept from running, by a CPU limit or a full node: what rests on time is less sure", span(worst), span(wall))
	}
	return pass(e, "this process could run whenever it had to, but for %s of %s", span(worst), span(wall))
}

// cpuCounts are what the kernel has counted at a moment, as far as it shows it.
type cpuCounts struct {
	at                    time.Time
	limit                 cpuLimit
	delay, pressure       time.Duration
	hasDelay, hasPressure bool
}

func readCPU(sys *System) cpuCounts {
	c := cpuCounts{at: time.Now(), limit: readLimit(sys)}
	c.delay, c.hasDelay = readRunDelay(sys)
	c.pressure, c.hasPressure = readPressure(sys)
	return c
}

// cpuLimit is what the CPU limit of this process's cgroup has done so far.
type cpuLimit struct {
	known            bool
	stopped, periods int
	throttled        time.Duration
}

func (l cpuLimit) since(before cpuLimit) (cpuLimit, bool) {
	return cpuLimit{true, l.stopped - before.stopped, l.periods - before.periods, l.throttled - before.throttled}, l.known && before.known
}

const cgroupRoot = "/sys/fs/cgroup"

// readLimit reads cpu.stat of the process's cgroup, of version 2 or 1. In a
// container the file is that of the mount itself, whatever the path says, unless
// the path leads on.
func readLimit(sys *System) cpuLimit {
	data, err := sys.read("/proc/self/cgroup", maxConfig)
	if err != nil {
		return cpuLimit{}
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n") {
		fields := strings.SplitN(line, ":", 3) // number, controllers, path: see cgroups(7)
		if len(fields) != 3 {
			continue
		}
		var mounts []string
		switch {
		case fields[1] == "":
			mounts = []string{cgroupRoot, cgroupRoot + "/unified"}
		case slices.Contains(strings.Split(fields[1], ","), "cpu"):
			mounts = []string{path.Join(cgroupRoot, fields[1]), cgroupRoot + "/cpu"}
		}
		for _, mount := range mounts {
			for _, dir := range []string{path.Join(mount, path.Clean("/"+fields[2])), mount} {
				if stat, err := sys.read(path.Join(dir, "cpu.stat"), maxConfig); err == nil {
					if limit := parseLimit(string(stat)); limit.known {
						return limit
					}
				}
			}
		}
	}
	return cpuLimit{}
}

// parseLimit reads cpu.stat, in which version 2 counts microseconds and version
// 1 nanoseconds; that of a root cgroup has no limit.
func parseLimit(text string) cpuLimit {
	limit := cpuLimit{}
	for line := range strings.SplitSeq(text, "\n") {
		key, value, _ := strings.Cut(line, " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch key {
		case "nr_periods":
			limit.periods = int(n)
		case "nr_throttled":
			limit.stopped = int(n)
		case "throttled_usec":
			limit.throttled, limit.known = time.Duration(n)*time.Microsecond, true
		case "throttled_time":
			limit.throttled, limit.known = time.Duration(n), true
		}
	}
	return limit
}

// readRunDelay reads the second number of schedstat: nanoseconds in which the
// first thread was ready to run, and did not, see sched-stats in the kernel's
// documentation.
func readRunDelay(sys *System) (time.Duration, bool) {
	data, _ := sys.read("/proc/self/schedstat", maxConfig)
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(fields[1], 10, 64)
	return time.Duration(n), err == nil
}

// readPressure reads "some … total=MICROSECONDS", see psi in the kernel's
// documentation.
func readPressure(sys *System) (time.Duration, bool) {
	data, _ := sys.read("/proc/pressure/cpu", maxConfig)
	some, _, _ := strings.Cut(string(data), "\n")
	_, total, _ := strings.Cut(some, "total=")
	n, err := strconv.ParseInt(total, 10, 64)
	return time.Duration(n) * time.Microsecond, err == nil && strings.HasPrefix(some, "some ")
}
