package checks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// What these files may weigh, in bytes: a token has 1 to 2 kB, a bundle of a
// hundred certificates 200 kB.
const (
	maxToken  = 1 << 20 // no API server takes a larger one: it is the most that headers may weigh
	maxBundle = 1 << 20
)

var volumeToken = &Check{
	ID:      "volume.token",
	Title:   "the service account's token is there, readable, clean and a JWT",
	Records: []*observe.Row{observe.VolumeMount.Row, observe.VolumeToken.Row},
	Run:     runVolumeToken,
}

func runVolumeToken(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.noPod {
		session.noVolume = true
		return blocked("env.service")
	}
	file := sys.tokenFile()
	var e Evidence
	e.Add("file", "%s", file)
	if dir := sys.accountDir(); dir != sys.ownAccountDir() {
		e.Add("read elsewhere", "this container has no %s; another one of this pod has", usualAccountDir)
	}
	data, err := sys.read(file, maxToken)
	if err != nil {
		return tokenUnread(sys, session, e, log, err)
	}
	observe.VolumeMount.Saw(log, observe.Mounted)
	if info, err := sys.stat(file); err == nil {
		e.Add("mode", "%s", describeMode(info))
	}
	e.Add("size", "%d bytes", len(data))
	token := strings.TrimSpace(string(data))
	if token == "" {
		observe.VolumeToken.Saw(log, map[bool]observe.File{true: observe.FileEmpty, false: observe.FileBlank}[len(data) == 0])
		return fail(e, "%s: empty (%d bytes of white space)", file, len(data))
	}
	if fault := unclean(token); fault != "" {
		observe.VolumeToken.Saw(log, map[bool]observe.File{true: observe.FileControl, false: observe.FileDirty}[strings.ContainsFunc(token, unicode.IsControl)])
		return fail(e, "%s: %s inside the token", file, fault)
	}
	claims, err := parseJWT(token)
	if err != nil {
		observe.VolumeToken.Saw(log, observe.FileNoJWT)
		return fail(e, "%s: not a JWT: %v", file, err)
	}
	session.claims, session.foreignPod = claims, foreignPod(sys, claims)
	if len(token) != len(data) {
		observe.VolumeToken.Saw(log, observe.FilePadded)
		return goOn(fail(e, "%s: %d bytes of white space around the token", file, len(data)-len(token)))
	}
	if claims.Subject != "" { // token.claims says of a token without one that it is none of a service account
		observe.VolumeToken.Saw(log, observe.FileFine)
	}
	return pass(e, "%s: %d bytes, a JWT", file, len(data))
}

// unclean names the first character that no HTTP header or no token may have.
func unclean(token string) string {
	for i, r := range token {
		switch {
		case r == '\ufeff':
			return fmt.Sprintf("a byte order mark at byte %d", i)
		case unicode.IsSpace(r), unicode.IsControl(r), r > unicode.MaxASCII:
			return fmt.Sprintf("character %U at byte %d", r, i)
		}
	}
	return ""
}

// tokenUnread tells apart why the token cannot be read.
func tokenUnread(sys *System, session *Session, e Evidence, log *observe.Log, err error) Outcome {
	id := identify(sys)
	e.Add("process", "%s", id)
	if label, err := sys.read("/proc/self/attr/current", maxConfig); err == nil && len(label) > 0 {
		e.Add("label", "%s", strings.TrimRight(string(label), "\x00\n"))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tokenMissing(sys, session, e, log)
	case errors.Is(err, fs.ErrPermission):
		return tokenDenied(sys, session, id, e, log)
	}
	observe.VolumeToken.Saw(log, observe.FileNotReadable)
	return fail(e, "%v", err)
}

func tokenMissing(sys *System, session *Session, e Evidence, log *observe.Log) Outcome {
	dir := sys.accountDir()
	mount := mountOf(sys, dir)
	e.Add("mount", "%s", mount)
	names, err := sys.list(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(names) == 0 && mount == noMount:
		session.noVolume = true
		if sign := sys.notSeen(); sign != "" {
			observe.VolumeMount.Saw(log, observe.MountForeign)
			return Outcome{
				Status: Skip, BlockedBy: "volume.token", Evidence: e, // what needs the volume waits for this one
				Summary: fmt.Sprintf("this is a debugging container (%s): the application's volume was not seen", sign),
			}
		}
		observe.VolumeMount.Saw(log, observe.MountAbsent)
		return fail(e, "%s: nothing is mounted there", dir)
	case err != nil:
		observe.VolumeToken.Saw(log, observe.FileMissing)
		return fail(e, "%s: no such file; %v", sys.tokenFile(), err)
	case len(names) == 0:
		session.noVolume = true
		observe.VolumeMount.Saw(log, observe.MountEmpty)
		return fail(e, "%s: mounted, and empty", dir)
	}
	observe.VolumeMount.Saw(log, observe.Mounted)
	e.Add("directory", "%s", strings.Join(names, " "))
	if slices.Contains(names, "token") {
		observe.VolumeToken.Saw(log, observe.FileDangling)
		return fail(e, "%s: a link that leads nowhere", sys.tokenFile())
	}
	observe.VolumeToken.Saw(log, observe.FileMissing)
	return fail(e, "%s: no such file, beside %s", sys.tokenFile(), strings.Join(names, " "))
}

func tokenDenied(sys *System, session *Session, id identity, e Evidence, log *observe.Log) Outcome {
	file := sys.tokenFile()
	r := refusedBy(sys, file, id)
	if r.info == nil {
		session.noVolume = true
		observe.VolumeMount.Saw(log, observe.MountDenied)
		return fail(e, "%s: permission denied", sys.accountDir())
	}
	observe.VolumeToken.Saw(log, r.reason)
	e.Add("mode", "%s %s", r.name, describeMode(r.info))
	if uid, gid, ok := owner(r.info); ok {
		e.Add("owner", "uid %s, gid %s", uid, gid)
	}
	if r.reason != observe.FileDeniedLabel {
		return fail(e, "%s: permission denied: %s %s, this process is %s", file, r.name, describeMode(r.info), id)
	}
	session.noVolume = true
	return fail(e, "%s: permission denied, although %s %s allows %s: a security label", file, r.name, describeMode(r.info), id)
}

// refusal is what keeps this process from reading a file.
type refusal struct {
	reason observe.File // by mode, above, or by label
	name   string       // the file, or its directory
	info   fs.FileInfo  // of name; nil where not even the directory can be looked at
}

func refusedBy(sys *System, file string, id identity) refusal {
	r, need := refusal{reason: observe.FileDeniedMode, name: file}, fs.FileMode(4)
	var err error
	if r.info, err = sys.stat(file); err != nil {
		r, need = refusal{reason: observe.FileDeniedAbove, name: path.Dir(file)}, 1
		if r.info, err = sys.stat(r.name); err != nil {
			return refusal{}
		}
	}
	if !modeForbids(r.info, id, need) {
		r.reason = observe.FileDeniedLabel
	}
	return r
}

func describeMode(info fs.FileInfo) string {
	if uid, gid, ok := owner(info); ok {
		return fmt.Sprintf("%s %s:%s", info.Mode(), uid, gid)
	}
	return info.Mode().String()
}

func (f *Session) blockedByVolume() Outcome {
	if f.noPod {
		return blocked("env.service")
	}
	return blocked("volume.token")
}

// What mountOf says where it has no mount to describe.
const (
	noMount      = "none"
	unknownMount = "unknown"
)

var ofProcess = regexp.MustCompile(`^/proc/([0-9]+)/root(/.*)$`)

// mountOf describes the mount at dir as /proc/self/mountinfo has it, or that of the
// process through whose root dir leads, see proc(5); /var/run may be a link to /run.
func mountOf(sys *System, dir string) string {
	of := "self"
	if match := ofProcess.FindStringSubmatch(dir); match != nil {
		of, dir = match[1], match[2]
	}
	data, err := sys.read("/proc/"+of+"/mountinfo", maxBundle)
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
	return noMount
}
