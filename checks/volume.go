package checks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

var volumeToken = &Check{
	ID:      "volume.token",
	Title:   "the service account's token is there, readable, clean and a JWT",
	Records: []*observe.Row{observe.VolumeMount.Row, observe.VolumeToken.Row},
	Run:     runVolumeToken,
}

func runVolumeToken(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.noPod {
		session.noVolume = true
		return blocked("env.service")
	}
	file := sys.TokenFile()
	var e observe.Evidence
	e.Add("file", "%s", file)
	if dir := sys.ServiceAccountDir(); dir != sys.OwnServiceAccountDir() {
		e.Add("read elsewhere", "this container has no %s; another one of this pod has", pod.UsualServiceAccountDir)
	}
	data, err := sys.Read(file, pod.MaxToken)
	if err != nil {
		return tokenUnread(sys, session, e, log, err)
	}
	observe.VolumeMount.Saw(log, observe.Mounted)
	if info, err := sys.Stat(file); err == nil {
		e.Add("mode", "%s", pod.DescribeMode(info))
	}
	e.Add("size", "%d bytes", len(data))
	token := strings.TrimSpace(string(data))
	if token == "" {
		observe.VolumeToken.Saw(log, map[bool]observe.File{true: observe.FileEmpty, false: observe.FileBlank}[len(data) == 0])
		return fail(e, "%s: empty (%s of white space)", file, observe.Plural(len(data), "byte"))
	}
	if fault := unclean(token); fault != "" {
		observe.VolumeToken.Saw(log, map[bool]observe.File{true: observe.FileControl, false: observe.FileDirty}[strings.ContainsFunc(token, unicode.IsControl)])
		return fail(e, "%s: %s inside the token", file, fault)
	}
	claims, err := pod.ParseJWT(token)
	switch {
	case err != nil && token == file:
		observe.VolumeToken.Saw(log, observe.FileNoJWT)
		return fail(e, "%s: holds its own path, and not a token", file)
	case err != nil:
		observe.VolumeToken.Saw(log, observe.FileNoJWT)
		return fail(e, "%s: not a JWT: %v", file, err)
	}
	session.claims, session.foreignPod = claims, foreignPod(sys, claims)
	if len(token) != len(data) {
		observe.VolumeToken.Saw(log, observe.FilePadded)
		return nonBlocking(fail(e, "%s: %s of white space around the token", file, observe.Plural(len(data)-len(token), "byte")))
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
func tokenUnread(sys *pod.System, session *Session, e observe.Evidence, log *observe.Log, err error) Outcome {
	id := pod.Identify(sys)
	e.Add("process", "%s", id)
	if label, err := sys.Read("/proc/self/attr/current", pod.MaxConfig); err == nil && len(label) > 0 {
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

func tokenMissing(sys *pod.System, session *Session, e observe.Evidence, log *observe.Log) Outcome {
	dir := sys.ServiceAccountDir()
	mount := pod.MountOf(sys, dir)
	e.Add("mount", "%s", mount)
	names, err := sys.List(dir)
	if cover := pod.CoverOf(sys, dir); cover != "" {
		session.noVolume = true
		observe.VolumeMount.Saw(log, observe.MountCovered)
		e.Add("mounted over it", "%s", cover)
		return fail(e, "%s: hidden by another mount over it: %s", dir, cover)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(names) == 0 && mount == pod.NoMount:
		session.noVolume = true
		if sign := sys.NotSeen(); sign != "" {
			observe.VolumeMount.Saw(log, observe.MountForeign)
			return Outcome{
				Status: observe.Skip, BlockedBy: "volume.token", Evidence: e, // what needs the volume waits for this one
				Summary: fmt.Sprintf("this is a debugging container (%s): the application's volume was not seen", sign),
			}
		}
		observe.VolumeMount.Saw(log, observe.MountAbsent)
		return fail(e, "%s: nothing is mounted there", dir)
	case err != nil:
		observe.VolumeToken.Saw(log, observe.FileMissing)
		return fail(e, "%s: no such file; %v", sys.TokenFile(), err)
	case len(names) == 0:
		session.noVolume = true
		observe.VolumeMount.Saw(log, observe.MountEmpty)
		return fail(e, "%s: mounted, and empty", dir)
	}
	observe.VolumeMount.Saw(log, observe.Mounted)
	e.Add("directory", "%s", strings.Join(names, " "))
	if slices.Contains(names, "token") {
		observe.VolumeToken.Saw(log, observe.FileDangling)
		return fail(e, "%s: a link that leads nowhere", sys.TokenFile())
	}
	observe.VolumeToken.Saw(log, observe.FileMissing)
	return fail(e, "%s: no such file, beside %s", sys.TokenFile(), strings.Join(names, " "))
}

func tokenDenied(sys *pod.System, session *Session, id pod.Identity, e observe.Evidence, log *observe.Log) Outcome {
	file := sys.TokenFile()
	r := pod.RefusedBy(sys, file, id)
	if r.Info == nil {
		session.noVolume = true
		observe.VolumeMount.Saw(log, observe.MountDenied)
		return fail(e, "%s: permission denied", sys.ServiceAccountDir())
	}
	observe.VolumeToken.Saw(log, r.Reason)
	e.Add("mode", "%s %s", r.Name, pod.DescribeMode(r.Info))
	if uid, gid, ok := pod.Owner(r.Info); ok {
		e.Add("owner", "uid %s, gid %s", uid, gid)
	}
	if r.Reason != observe.FileDeniedLabel {
		return fail(e, "%s: permission denied: %s %s, this process is %s", file, r.Name, pod.DescribeMode(r.Info), id)
	}
	session.noVolume = true
	return fail(e, "%s: permission denied, although %s %s allows %s: a security label", file, r.Name, pod.DescribeMode(r.Info), id)
}

func (s *Session) blockedByVolume() Outcome {
	if s.noPod {
		return blocked("env.service")
	}
	return blocked("volume.token")
}

// canBeSent says whether the token is one that a client can send.
func canBeSent(token redact.Secret) bool {
	_, err := pod.ParseJWT(token.Text())
	return err == nil && unclean(token.Text()) == ""
}
