//go:build nettest && linux

package nettest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// The limits of a run and of each check, those of k8sdoctor check.
const (
	runLimit   = 30 * time.Second
	checkLimit = 5 * time.Second
)

// examined is what a process needs to know of the pod that it examines.
type examined struct {
	Root      string
	Env       map[string]string
	Endpoints []netip.AddrPort
}

// report is what the checks have seen.
type report struct {
	Results []observe.Result
	Took    time.Duration
}

// runIn runs the checks in the namespace that this process was started in.
func runIn(in io.Reader, out io.Writer) error {
	var p examined
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return err
	}
	sys := pod.OwnPod()
	sys.Root, sys.Env, sys.Endpoints = p.Root, p.Env, p.Endpoints
	ctx, cancel := context.WithTimeoutCause(context.Background(), runLimit, fmt.Errorf("%s are over", runLimit))
	defer cancel()
	var r report
	start := time.Now()
	list := append(checks.All(), checks.Probes()...)
	for result := range examine.Run(ctx, sys, list, checkLimit, nil) {
		r.Results = append(r.Results, result)
	}
	r.Took = time.Since(start)
	return json.NewEncoder(out).Encode(r)
}
