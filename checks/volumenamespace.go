package checks

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var volumeNamespace = &Check{
	ID:      "volume.namespace",
	Title:   "the namespace file is there and agrees with the token",
	Records: []*observe.Row{observe.VolumeNamespace.Row, observe.VolumeAgrees.Row, observe.VolumeNamespaceIs.Row},
	Run:     runVolumeNamespace,
}

func runVolumeNamespace(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.noVolume {
		return session.blockedByVolume()
	}
	file := sys.NamespaceFile()
	var e observe.Evidence
	e.Add("file", "%s", file)
	data, err := sys.Read(file, pod.MaxConfig)
	if err != nil {
		observe.VolumeNamespace.Saw(log, map[bool]observe.File{true: observe.FileMissing, false: observe.FileNotReadable}[errors.Is(err, fs.ErrNotExist)])
		if session.claims != nil {
			session.Namespace = session.claims.Namespace()
			e.Add("the token's namespace", "%s", session.Namespace)
		}
		return warn(e, "%v", err)
	}
	session.Namespace = string(bytes.TrimSpace(data))
	observe.VolumeNamespace.Saw(log, observe.FileFine)
	observe.VolumeNamespaceIs.Saw(log, session.Namespace)
	e.Add("namespace", "%s", session.Namespace)
	if session.claims == nil {
		return pass(e, "%s", session.Namespace)
	}
	agrees := session.claims.Namespace() == session.Namespace
	observe.VolumeAgrees.Saw(log, agrees)
	if !agrees {
		e.Add("the token's namespace", "%s", session.claims.Namespace())
		return warn(e, "%s says %q, the token says %q", file, session.Namespace, session.claims.Namespace())
	}
	return pass(e, "%s", session.Namespace)
}
