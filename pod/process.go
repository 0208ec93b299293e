package pod

import (
	"strconv"
	"strings"
	"time"
)

// FirstProcessEnv returns the environment of process 1, which is what the
// kubelet gave the container; it is empty where it may not be read.
func FirstProcessEnv(sys *System) map[string]string {
	data, err := sys.Read("/proc/1/environ", MaxBundle)
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

// FirstProcessStart tells since when process 1 runs, which for most programs is
// when they read ca.crt.
func FirstProcessStart(sys *System) (time.Time, bool) {
	stat, err := sys.Read("/proc/1/stat", MaxConfig)
	if err != nil {
		return time.Time{}, false
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name in brackets may hold spaces
	fields := strings.Fields(after)
	system, err := sys.Read("/proc/stat", MaxBundle)
	if err != nil || len(fields) < 20 {
		return time.Time{}, false
	}
	_, boot, _ := strings.Cut(string(system), "\nbtime ")
	boot, _, _ = strings.Cut(boot, "\n")
	booted, err := strconv.ParseInt(boot, 10, 64)
	start, errStart := strconv.ParseInt(fields[19], 10, 64)
	return time.Unix(booted+start/ticks, 0), err == nil && errStart == nil
}
