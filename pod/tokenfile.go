package pod

import (
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TokenFileAt says how the token file came to be where it is, and when the volume was
// written, if the kubelet wrote it; kind is "" where that cannot be looked at.
//
// The kubelet writes a volume into a directory of its own, named after the time, to which
// the link ..data leads (its package volume/util, atomic writer). A subPath mount is of
// one such directory and stays there (https://kubernetes.io/docs/concepts/storage/volumes/).
func TokenFileAt(sys *System) (kind observe.TokenFile, written time.Time) {
	dir, file := sys.ServiceAccountDir(), sys.TokenFile()
	for _, mounted := range []string{file, dir} {
		if fields, err := mountAt(sys, mounted); err != nil {
			return "", time.Time{}
		} else if fields != nil && strings.Contains(fields[3], "/..") {
			return observe.SubPathFile, time.Time{}
		}
	}
	data, err := sys.Stat(dir + "/..data")
	if err != nil || !data.IsDir() {
		return observe.PlainFile, time.Time{}
	}
	return observe.KubeletFile, data.ModTime()
}
