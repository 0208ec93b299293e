package checks

import (
	"strconv"
	"strings"
	"time"
)

// firstProcessEnv returns the environment of process 1, which is what the
// kubelet gave the container; it is empty where it may not be read.
func firstProcessEnv(sys *System) map[string]string {
	data, err := sys.read("/proc/1/environ", maxBundle)
	if err != nil {
		return nil
	}
	env := map[string]string{}
	for pair := range strings.SplitSeq(string(data), "\x00") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			env[key] = value
		}
	}
	return env
}

// ticks is how many of its units /proc counts a second in, see proc(5).
const ticks = 100

// firstProcessStart tells since when process 1 runs, which for most programs is
// when they read ca.crt.
func firstProcessStart(sys *System) (time.Time, bool) {
	stat, err := sys.read("/proc/1/stat", maxConfig)
	if err != nil {
		return time.Time{}, false
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name in brackets may hold spaces
	fields := strings.Fields(after)
	system, err := sys.read("/proc/stat", maxBundle)
	if err != nil || len(fields) < 20 {
		return time.Time{}, false
	}
	_, boot, _ := strings.Cut(string(system), "\nbtime ")
	boot, _, _ = strings.Cut(boot, "\n")
	booted, err := strconv.ParseInt(boot, 10, 64)
	start, errStart := strconv.ParseInt(fields[19], 10, 64)
	return time.Unix(booted+start/ticks, 0), err == nil && errStart == nil
}
