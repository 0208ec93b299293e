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

// MountOf describes the mount at dir as /proc/self/mountinfo has it, or that of the
// process through whose root dir leads, see proc(5); /var/run may be a link to /run.
func MountOf(sys *System, dir string) string {
	of := "self"
	if match := ofProcess.FindStringSubmatch(dir); match != nil {
		of, dir = match[1], match[2]
	}
	data, err := sys.Read("/proc/"+of+"/mountinfo", MaxBundle)
	if err != nil {
		return unknownMount
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 6 || fields[4] != dir && fields[4] != strings.TrimPrefix(dir, "/var") {
			continue
		}
		_, after, _ := strings.Cut(line, " - ")
		kind, _, _ := strings.Cut(after, " ")
		return fmt.Sprintf("%s on %s", kind, fields[4])
	}
	return NoMount
}
