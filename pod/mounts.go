package pod

import (
	"fmt"
	"slices"
	"strings"
)

// What mountOf says where it has no mount to describe.
const (
	NoMount      = "none"
	unknownMount = "unknown"
)

// MountOf describes the mount at dir.
func MountOf(sys *System, dir string) string {
	fields, err := mountAt(sys, dir)
	switch {
	case err != nil:
		return unknownMount
	case fields == nil:
		return NoMount
	}
	return describeMount(fields)
}

func describeMount(fields []string) string {
	_, after, _ := strings.Cut(strings.Join(fields, " "), " - ")
	kind, _, _ := strings.Cut(after, " ")
	return fmt.Sprintf("%s on %s", kind, fields[4])
}

// CoverOf describes the mount that hides the one at dir: it stands on the same mount as
// that one, or on one below, at a directory above it, and the other does not stand on it,
// see mount_namespaces(7). It is "" where there is none.
func CoverOf(sys *System, dir string) string {
	table, dir, err := mountTable(sys, dir)
	hidden := table.at(dir)
	if err != nil || hidden == nil {
		return ""
	}
	parents := map[string]string{}
	for _, fields := range table {
		parents[fields[0]] = fields[1]
	}
	below := []string{hidden[0]} // what it stands on, itself first
	for next, known := parents[hidden[0]]; known && !slices.Contains(below, next); next, known = parents[next] {
		below = append(below, next)
	}
	for _, fields := range table {
		over := fields[4] != "/" && (hidden[4] == fields[4] || strings.HasPrefix(hidden[4], fields[4]+"/"))
		if over && slices.Contains(below, fields[1]) && !slices.Contains(below, fields[0]) {
			return describeMount(fields)
		}
	}
	return ""
}

// mountAt returns the fields of the mount at a path, or nil where there is none.
func mountAt(sys *System, path string) ([]string, error) {
	table, path, err := mountTable(sys, path)
	if fields := table.at(path); fields != nil {
		return fields, nil
	}
	return nil, err
}

// mounts are the fields of the lines of mountinfo, see proc(5).
type mounts [][]string

// at returns the mount at a path; /var/run may be a link to /run.
func (m mounts) at(path string) []string {
	for _, fields := range m {
		if fields[4] == path || fields[4] == strings.TrimPrefix(path, "/var") {
			return fields
		}
	}
	return nil
}

// mountTable returns the mounts of the process that sees the path, and the path as that
// process has it: one such as /proc/7/root/etc leads through the root of process 7.
func mountTable(sys *System, path string) (table mounts, itsPath string, err error) {
	of, itsPath := "self", path
	if ofProcess, ok := strings.CutPrefix(path, "/proc/"); ok {
		if process, inside, ok := strings.Cut(ofProcess, "/root/"); ok && process != "" && strings.Trim(process, "0123456789") == "" {
			of, itsPath = process, "/"+inside
		}
	}
	data, err := sys.Read("/proc/"+of+"/mountinfo", MaxBundle)
	for line := range strings.SplitSeq(string(data), "\n") {
		if fields := strings.Fields(line); len(fields) >= 6 {
			table = append(table, fields)
		}
	}
	return table, itsPath, err
}
