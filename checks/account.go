package checks

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// usualAccountDir is where the kubelet puts the credentials of the pod's
// ServiceAccount.
const usualAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// accountDir is where the credentials are read: AccountDir where it is given, else
// the usual place; where this container lacks that, the place in another container
// of the pod, as far as it can be read from here.
func (s *System) accountDir() string {
	if s.AccountDir != "" || !s.lacksAccount() {
		return s.ownAccountDir()
	}
	for _, n := range s.neighbours() {
		if dir := s.accountOf(n); dir != "" {
			return dir
		}
	}
	return usualAccountDir
}

func (s *System) tokenFile() string { return s.accountDir() + "/token" }

func (s *System) caFile() string { return s.accountDir() + "/ca.crt" }

func (s *System) namespaceFile() string { return s.accountDir() + "/namespace" }

// ownAccountDir is where the credentials of this container belong.
func (s *System) ownAccountDir() string {
	if s.AccountDir != "" {
		return strings.TrimRight(s.AccountDir, "/")
	}
	return usualAccountDir
}

// lacksAccount says that nothing is mounted in this container where the
// credentials belong, and that no files stand there either.
func (s *System) lacksAccount() bool {
	names, err := s.list(s.ownAccountDir())
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0 && mountOf(s, s.ownAccountDir()) == noMount
}

// accountOf is where the token of another container can be read through the root
// of its process, or "". /var/run is often a link to /run, which would lead back
// into this container.
func (s *System) accountOf(n neighbour) string {
	for _, run := range []string{"/var/run", "/run"} {
		dir := "/proc/" + n.pid + "/root" + run + strings.TrimPrefix(usualAccountDir, "/var/run")
		if names, err := s.list(dir); err != nil || len(names) == 0 {
			continue
		}
		if _, err := s.read(dir+"/token", maxToken); !errors.Is(err, fs.ErrPermission) {
			return dir
		}
	}
	return ""
}

// notSeen says why the volume that this container lacks may well be there for the
// application, or "" where nothing says so: ephemeral containers, as kubectl debug
// adds them, get no ServiceAccount's volume (pod admission has run before).
func (s *System) notSeen() string {
	if s.AccountDir != "" {
		return ""
	}
	others := s.neighbours()
	for _, n := range others {
		if n.mount != noMount && n.mount != unknownMount {
			return fmt.Sprintf("process %s, of another container of this pod, has it", n.pid)
		}
	}
	if len(others) > 0 && !slices.ContainsFunc(others, func(n neighbour) bool { return n.mount == unknownMount }) {
		return "" // the others lack it, too
	}
	if slices.ContainsFunc(others, func(n neighbour) bool { return n.pid == "1" }) {
		return "process 1 is another container's"
	}
	if name := s.debuggerName(); name != "" {
		return "its name is " + name
	}
	return ""
}

// terminationLog is the path of a container's termination log on the node, of a
// name that kubectl debug gives: "debugger-" and five letters of those that
// Kubernetes makes names of.
var terminationLog = regexp.MustCompile(`/containers/(debugger-[bcdfghjklmnpqrstvwxz2456789]{5})/`)

// debuggerName is this container's name if kubectl debug has chosen it.
func (s *System) debuggerName() string {
	table, _ := s.read("/proc/self/mountinfo", maxBundle)
	if match := terminationLog.FindSubmatch(table); match != nil {
		return string(match[1])
	}
	return ""
}
