package pod

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CPUCounts are what the kernel has counted at a moment, as far as it shows it.
type CPUCounts struct {
	At                    time.Time
	Limit                 CPULimit
	Delay, Pressure       time.Duration
	HasDelay, HasPressure bool
}

// ReadCPU reads what the kernel has counted so far.
func ReadCPU(sys *System) CPUCounts {
	c := CPUCounts{At: time.Now(), Limit: readLimit(sys)}
	c.Delay, c.HasDelay = readRunDelay(sys)
	c.Pressure, c.HasPressure = readPressure(sys)
	return c
}

// CPULimit is what the CPU limit of this process's cgroup has done so far.
type CPULimit struct {
	Known            bool
	Stopped, Periods int
	Throttled        time.Duration
}

// Since is what has been counted since before, if both were known.
func (l CPULimit) Since(before CPULimit) (CPULimit, bool) {
	return CPULimit{true, l.Stopped - before.Stopped, l.Periods - before.Periods, l.Throttled - before.Throttled}, l.Known && before.Known
}

const cgroupRoot = "/sys/fs/cgroup"

// readLimit reads cpu.stat of the process's cgroup, of version 2 or 1. In a
// container the file is that of the mount itself, whatever the path says, unless
// the path leads on.
func readLimit(sys *System) CPULimit {
	data, err := sys.Read("/proc/self/cgroup", MaxConfig)
	if err != nil {
		return CPULimit{}
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
				if stat, err := sys.Read(path.Join(dir, "cpu.stat"), MaxConfig); err == nil {
					if limit := parseLimit(string(stat)); limit.Known {
						return limit
					}
				}
			}
		}
	}
	return CPULimit{}
}

// parseLimit reads cpu.stat, in which version 2 counts microseconds and version
// 1 nanoseconds; that of a root cgroup has no limit.
func parseLimit(text string) CPULimit {
	limit := CPULimit{}
	for line := range strings.SplitSeq(text, "\n") {
		key, value, _ := strings.Cut(line, " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch key {
		case "nr_periods":
			limit.Periods = int(n)
		case "nr_throttled":
			limit.Stopped = int(n)
		case "throttled_usec":
			limit.Throttled, limit.Known = time.Duration(n)*time.Microsecond, true
		case "throttled_time":
			limit.Throttled, limit.Known = time.Duration(n), true
		}
	}
	return limit
}

// readRunDelay reads the second number of schedstat: nanoseconds in which the
// first thread was ready to run, and did not, see sched-stats in the kernel's
// documentation.
func readRunDelay(sys *System) (time.Duration, bool) {
	data, _ := sys.Read("/proc/self/schedstat", MaxConfig)
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
	data, _ := sys.Read("/proc/pressure/cpu", MaxConfig)
	some, _, _ := strings.Cut(string(data), "\n")
	_, total, _ := strings.Cut(some, "total=")
	n, err := strconv.ParseInt(total, 10, 64)
	return time.Duration(n) * time.Microsecond, err == nil && strings.HasPrefix(some, "some ")
}
