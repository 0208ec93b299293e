package pod

import (
	"maps"
	"os"
	"slices"
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

// ofAPI says that a variable decides how clients find the API server.
func ofAPI(name string) bool {
	return strings.HasPrefix(name, "KUBERNETES_") || slices.Contains([]string{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}, strings.ToUpper(name))
}

// ofSameContainer says that process 1 is one of this container: where processes are shared in
// the pod, or with the node, it is another's.
func ofSameContainer(sys *System) bool {
	first, err := os.Readlink(sys.path("proc/1/ns/mnt"))
	own, errOwn := os.Readlink(sys.path("proc/self/ns/mnt"))
	return err == nil && errOwn == nil && first == own
}

// AdoptFirst gives this process the proxy and KUBERNETES_* variables of process 1, which an
// entrypoint may have exported or removed: what kubectl exec starts has those of the image and
// the manifest alone (https://github.com/moby/moby/issues/18136). It returns the names of those
// that differ.
func AdoptFirst(sys *System) (names []string) {
	first := FirstProcessEnv(sys)
	if first["PATH"] == "" || !ofSameContainer(sys) { // what a program has left of it after it changed its title says nothing
		return nil
	}
	own := maps.Clone(sys.Env)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if _, there := first[name]; !there && ofAPI(name) {
			delete(sys.Env, name)
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if before, here := own[name]; ofAPI(name) && (!here || before != first[name]) {
			sys.Env[name] = first[name]
			names = append(names, name)
		}
	}
	return names
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
