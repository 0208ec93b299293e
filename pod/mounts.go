package pod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// What mountOf says where it has no mount to describe.
const (
	NoMount      = "none"
	unknownMount = "unknown"
)

var ofProcess = pattern.Lazy(`^/proc/([0-9]+)/root(/.*)$`)

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
	hidden, err := mountAt(sys, dir)
	if err != nil || hidden == nil {
		return ""
	}
	table, err := mountTable(sys, dir)
	if err != nil {
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

// mountAt returns the fields of the mount at a path as /proc/self/mountinfo has it, or that
// of the process through whose root the path leads, see proc(5); /var/run may be a link
// to /run.
func mountAt(sys *System, path string) ([]string, error) {
	table, err := mountTable(sys, path)
	if match := ofProcess().FindStringSubmatch(path); match != nil {
		path = match[2]
	}
	for _, fields := range table {
		if fields[4] == path || fields[4] == strings.TrimPrefix(path, "/var") {
			return fields, nil
		}
	}
	return nil, err
}

// mountTable returns the fields of each mount of the process that sees the path.
func mountTable(sys *System, path string) (table [][]string, err error) {
	of := "self"
	if match := ofProcess().FindStringSubmatch(path); match != nil {
		of = match[1]
	}
	data, err := sys.Read("/proc/"+of+"/mountinfo", MaxBundle)
	for line := range strings.SplitSeq(string(data), "\n") {
		if fields := strings.Fields(line); len(fields) >= 6 {
			table = append(table, fields)
		}
	}
	return table, err
}
