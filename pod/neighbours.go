package pod

import (
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// neighbour is a process of another container of this pod, which can be seen where
// containers share their processes: with kubectl debug --target, or with
// shareProcessNamespace.
type neighbour struct {
	pid   string
	mount string // as MountOf says
}

// maxProcesses is how many processes are looked at.
const maxProcesses = 256

// neighbours returns the processes of other containers of this pod, but for the
// sandbox's own.
func (s *System) neighbours() []neighbour {
	own := cgroupOf(s, "self")
	if own == "" {
		return nil
	}
	var found []neighbour
	for _, pid := range s.processes() {
		if !besides(own, cgroupOf(s, pid)) {
			continue
		}
		if name, _ := s.Read("/proc/"+pid+"/comm", MaxConfig); strings.TrimSpace(string(name)) == "pause" {
			continue
		}
		found = append(found, neighbour{pid, MountOf(s, "/proc/"+pid+"/root"+UsualServiceAccountDir)})
	}
	return found
}

// processes lists the first processes that are visible, by number.
func (s *System) processes() []string {
	entries, err := os.ReadDir(s.path("/proc"))
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	var names []string
	for _, pid := range pids[:min(len(pids), maxProcesses)] {
		names = append(names, strconv.Itoa(pid))
	}
	return names
}

// cgroupOf is the place of a process in the hierarchy in which the kubelet arranges
// containers: that of memory, or the only one there is, see cgroups(7).
func cgroupOf(sys *System, pid string) string {
	data, _ := sys.Read("/proc/"+pid+"/cgroup", MaxConfig)
	place := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		hierarchy, rest, _ := strings.Cut(line, ":")
		controllers, at, ok := strings.Cut(rest, ":")
		switch {
		case !ok:
		case slices.Contains(strings.Split(controllers, ","), "memory"):
			return at
		case hierarchy == "0":
			place = at
		}
	}
	return place
}

// besides says that another process is of another container of the same pod: each
// container has a cgroup below its pod's. Where the own one is the root of a cgroup
// namespace, the pod's is "/..". Processes of other pods, which a pod with hostPID
// sees, are further away.
func besides(own, other string) bool {
	pod := path.Dir(own)
	if own == "/" {
		pod = "/.."
	}
	below, ok := strings.CutPrefix(other, pod+"/")
	return ok && other != own && !strings.HasPrefix(other, own+"/") && below != ".." && !strings.HasPrefix(below, "../")
}
