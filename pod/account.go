package pod

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// UsualServiceAccountDir is where the kubelet puts the credentials of the pod's
// ServiceAccount.
const UsualServiceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// ServiceAccountDir is where the credentials are read: AccountDir where it is given, else
// the usual place; where this container lacks that, the place in another container
// of the pod, as far as it can be read from here.
func (s *System) ServiceAccountDir() string {
	if s.AccountDir != "" || !s.lacksAccount() {
		return s.OwnServiceAccountDir()
	}
	for _, n := range s.neighbours() {
		if dir := s.accountOf(n); dir != "" {
			return dir
		}
	}
	return UsualServiceAccountDir
}

// TokenFile is the path of the bearer token.
func (s *System) TokenFile() string { return s.ServiceAccountDir() + "/token" }

// CAFile is the path of ca.crt.
func (s *System) CAFile() string { return s.ServiceAccountDir() + "/ca.crt" }

// NamespaceFile is the path of the namespace file.
func (s *System) NamespaceFile() string { return s.ServiceAccountDir() + "/namespace" }

// OwnServiceAccountDir is where the credentials of this container belong.
func (s *System) OwnServiceAccountDir() string {
	if s.AccountDir != "" {
		return strings.TrimRight(s.AccountDir, "/")
	}
	return UsualServiceAccountDir
}

// lacksAccount says that nothing is mounted in this container where the
// credentials belong, and that no files stand there either.
func (s *System) lacksAccount() bool {
	names, err := s.List(s.OwnServiceAccountDir())
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0 && MountOf(s, s.OwnServiceAccountDir()) == NoMount
}

// accountOf is where the token of another container can be read through the root
// of its process, or "". /var/run is often a link to /run, which would lead back
// into this container.
func (s *System) accountOf(n neighbour) string {
	for _, run := range []string{"/var/run", "/run"} {
		dir := "/proc/" + n.pid + "/root" + run + strings.TrimPrefix(UsualServiceAccountDir, "/var/run")
		if names, err := s.List(dir); err != nil || len(names) == 0 {
			continue
		}
		if _, err := s.Read(dir+"/token", MaxToken); !errors.Is(err, fs.ErrPermission) {
			return dir
		}
	}
	return ""
}

// NotSeen says why the volume that this container lacks may well be there for the
// application, or "" where nothing says so: ephemeral containers, as kubectl debug
// adds them, get no ServiceAccount's volume (pod admission has run before).
func (s *System) NotSeen() string {
	if s.AccountDir != "" {
		return ""
	}
	others := s.neighbours()
	for _, n := range others {
		if n.mount != NoMount && n.mount != unknownMount {
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
var terminationLog = pattern.Lazy(`/containers/(debugger-[bcdfghjklmnpqrstvwxz2456789]{5})/`)

// debuggerName is this container's name if kubectl debug has chosen it.
func (s *System) debuggerName() string {
	table, _ := s.Read("/proc/self/mountinfo", MaxBundle)
	if match := terminationLog().FindSubmatch(table); match != nil {
		return string(match[1])
	}
	return ""
}
