// Package pod is what a pod is made of as a process in it sees it: its environment, its
// files, and what the kernel tells of its network, its processes and its CPU time.
package pod

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// System is the pod as the checks see it, and all that a test replaces.
type System struct {
	// Root is the directory that holds the pod's files: "/" in a pod.
	Root string
	// AccountDir is where the service account's files are; empty for the usual
	// place, or that of another container of the pod where this one lacks it.
	AccountDir string
	// Env is the environment of this process.
	Env map[string]string
	// Adopted are the variables in it that are process 1's, by AdoptFirst.
	Adopted []string
	// Dial opens every connection, UDP for DNS included. The address is always
	// "IP:port": names are resolved by the checks themselves.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// AskRoute asks the kernel for the route to an address, whichever table it is in;
	// nil where that is not possible.
	AskRoute func(addr netip.Addr) (r Route, found bool, err error)
	// Now is the pod's clock.
	Now func() time.Time
	// Endpoints are the API servers' own addresses, as far as the user knows them.
	Endpoints []netip.AddrPort
	// NoExternalProbes forbids packets to documentation addresses and questions
	// for names outside the cluster's domain, hosts in variables excepted.
	NoExternalProbes bool
	// Access lists what api.access asks the API server to allow.
	Access []observe.Access
	// KubectlProxy is where a kubectl proxy should answer; nil means that one
	// may be found at 127.0.0.1:8001.
	KubectlProxy *url.URL
}

// OwnPod is the pod that this process runs in.
func OwnPod() *System {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		key, value, _ := strings.Cut(pair, "=")
		env[key] = value
	}
	return &System{Root: "/", Env: env, Dial: (&net.Dialer{ControlContext: limitSegment}).DialContext, AskRoute: askRoute, Now: time.Now}
}

func (s *System) path(name string) string { return filepath.Join(s.Root, name) }
