package checks

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var volumeCA = &Check{
	ID:      "volume.ca",
	Title:   "ca.crt holds certificates that are within their validity",
	Records: []*observe.Row{observe.VolumeMount.Row, observe.VolumeCA.Row, observe.VolumeBundle.Row, observe.VolumeCAs.Row, observe.VolumeCABeside.Row, observe.VolumeCAValidity.Row},
	Run:     runVolumeCA,
}

func runVolumeCA(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.noVolume {
		return session.blockedByVolume()
	}
	file := sys.CAFile()
	var e observe.Evidence
	e.Add("file", "%s", file)
	data, err := sys.Read(file, pod.MaxBundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		observe.VolumeCA.Saw(log, observe.FileMissing)
		return fail(e, "%s: no such file; Go clients fall back to the image's own roots", file)
	case errors.Is(err, fs.ErrPermission):
		return bundleDenied(sys, e, file, log)
	case err != nil:
		observe.VolumeCA.Saw(log, observe.FileNotReadable)
		return fail(e, "%v", err)
	}
	cas, unread, beside := parseBundle(data)
	observe.VolumeCA.Saw(log, bundleIs(data, len(cas), unread))
	e.Add("certificates", "%d", len(cas))
	if unread > 0 {
		e.Add("unreadable blocks", "%d", unread)
	}
	if len(cas) == 0 {
		return fail(e, "%s: %d bytes, and no certificate in them that Go can read", file, len(data))
	}
	observe.VolumeCAs.Saw(log, len(cas))
	observe.VolumeBundle.Saw(log, len(cas) > 1)
	observe.VolumeCABeside.Saw(log, beside)
	session.cas, session.roots = cas, x509.NewCertPool()
	now, valid := sys.Now(), 0
	for i, ca := range cas {
		session.roots.AddCert(ca)
		if certs.InValidity(ca, now) {
			valid++
		}
		if i < certs.MaxListed {
			e.Add(fmt.Sprintf("certificate %d", i), "%s", certs.DescribeCA(ca))
		}
	}
	if info, err := sys.Stat(file); err == nil {
		e.Add("file changed", "%s", info.ModTime().UTC().Format(time.RFC3339))
	}
	if started, ok := pod.FirstProcessStart(sys); ok {
		e.Add("process 1 started", "%s", started.UTC().Format(time.RFC3339))
	}
	observe.VolumeCAValidity.Saw(log, bundleValidity(cas, now))
	if valid == 0 {
		return fail(e, "%s: every certificate is out of its validity: %s to %s, this pod's clock says %s", file,
			cas[0].NotBefore.UTC().Format(time.DateOnly), cas[0].NotAfter.UTC().Format(time.DateOnly), now.UTC().Format(time.RFC3339))
	}
	var faults []string
	if len(cas) > 1 {
		faults = append(faults, fmt.Sprintf("%d certificates; some clients read the first only", len(cas)))
	}
	if beside != observe.BesideNothing && beside != observe.BesideText {
		faults = append(faults, "some clients cannot read it: "+observe.VolumeCABeside.Phrase(observe.Value{Word: string(beside)}))
	}
	if len(faults) > 0 {
		return warn(e, "%s: %s", file, strings.Join(faults, "; "))
	}
	return pass(e, "CA %q until %s", certs.SubjectOf(cas[0]), cas[0].NotAfter.UTC().Format(time.DateOnly))
}

// bundleDenied tells apart what keeps this process from ca.crt.
func bundleDenied(sys *pod.System, e observe.Evidence, file string, log *observe.Log) Outcome {
	id := pod.Identify(sys)
	e.Add("process", "%s", id)
	r := pod.RefusedBy(sys, file, id)
	switch {
	case r.Info == nil:
		observe.VolumeMount.Saw(log, observe.MountDenied)
	case r.Reason == observe.FileDeniedMode:
		observe.VolumeCA.Saw(log, r.Reason)
		return fail(e, "%s: permission denied: %s, this process is %s", file, pod.DescribeMode(r.Info), id)
	case r.Reason == observe.FileDeniedAbove:
		observe.VolumeCA.Saw(log, r.Reason)
		return fail(e, "%s: permission denied: %s %s, this process is %s", file, r.Name, pod.DescribeMode(r.Info), id)
	default:
		observe.VolumeCA.Saw(log, r.Reason)
	}
	return fail(e, "%s: permission denied", file)
}

// bundleValidity says whether any of the certificates is valid now.
func bundleValidity(cas []*x509.Certificate, now time.Time) observe.Validity {
	seen := observe.Future
	for _, ca := range cas {
		switch {
		case certs.InValidity(ca, now):
			return observe.Now
		case now.After(ca.NotAfter):
			seen = observe.Past
		}
	}
	return seen
}
