package pod

import (
	"fmt"
	"regexp"
	"strings"
)

// What mountOf says where it has no mount to describe.
const (
	NoMount      = "none"
	unknownMount = "unknown"
)

var ofProcess = regexp.MustCompile(`^/proc/([0-9]+)/root(/.*)$`)

// MountOf describes the mount at dir.
func MountOf(sys *System, dir string) string {
	fields, err := mountAt(sys, dir)
	switch {
	case err != nil:
		return unknownMount
	case fields == nil:
		return NoMount
	}
	_, after, _ := strings.Cut(strings.Join(fields, " "), " - ")
	kind, _, _ := strings.Cut(after, " ")
	return fmt.Sprintf("%s on %s", kind, fields[4])
}

// mountAt returns the fields of the mount at a path as /proc/self/mountinfo has it, or that
// of the process through whose root the path leads, see proc(5); /var/run may be a link
// to /run.
func mountAt(sys *System, path string) ([]string, error) {
	of := "self"
	if match := ofProcess.FindStringSubmatch(path); match != nil {
		of, path = match[1], match[2]
	}
	data, err := sys.Read("/proc/"+of+"/mountinfo", MaxBundle)
	if err != nil {
		return nil, err
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) >= 6 && (fields[4] == path || fields[4] == strings.TrimPrefix(path, "/var")) {
			return fields, nil
		}
	}
	return nil, nil
}
