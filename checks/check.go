// Package checks runs the steps of an in-cluster client, one check for each promise
// that Kubernetes makes to a pod, and records what it saw.
//
// A check is a value. All lists those of k8sdoctor; a program of your own can
// append to that list and hand it to Run.
package checks

import (
	"context"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// Check is one promise and how to test it.
type Check struct {
	// ID is stable and reads "layer.subject", such as "dns.resolve".
	ID string
	// Title is a sentence that is true when the check passes.
	Title string
	// Needs names the checks that must have passed, or warned, for this one to
	// mean anything. They are causes, not merely earlier in the list.
	Needs []string
	// Aside lets the checks after this one begin before it has ended, but for those that need
	// it. It leaves the session as it is, but for what DNS says.
	Aside bool
	// Last has this check wait for the end of all before it.
	Last bool
	// Probe makes this a check that tells similar causes apart: it runs once
	// all checks have run, or those that can while one waits in vain, and only if it is
	// chosen. Probes run side by side and leave the session as it is.
	Probe bool
	// Records are the subjects that Run may record; a test holds it to them.
	Records []*observe.Row
	// Run observes and judges. It returns soon after ctx is done.
	Run func(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome
}

// Outcome is what a check's Run has seen.
type Outcome struct {
	Status observe.Status
	// Summary is one line that starts with what was seen.
	Summary string
	// Evidence is what the summary rests on.
	Evidence observe.Evidence
	// BlockedBy is the id of the check that this skip is owed to. A skip
	// without it means that the check does not apply, and blocks nothing.
	BlockedBy string
	// NonBlocking is set by a Fail that leaves in place what later checks need: they
	// run all the same.
	NonBlocking bool

	// took is how long its requests took, where they were made ahead.
	took   time.Duration
	cut    bool // by the end of the run: what it has observed says nothing
	broken bool // by a panic, or by an end that it ignored
}

// Probes returns the checks that follow a failure, where causes are to be told apart. A probe passes when it
// could be made, whatever it showed: that is in its evidence.
func Probes() []*Check {
	return []*Check{
		probeHostNetwork, probeGivenHost, probeOwnService, probeServiceIP, probeEndpoint, probeRoute, probeSending, probeDropped, probePorts, probeForeign, probeSidecar, probeRefusal, probeAccepted,
		probeSearch, probeZones, probeDNSTiming,
		probeFresh, probeSegment, probeHello, probeServerName,
		probeAnonymous, probeKeys,
	}
}

// All returns every check of k8sdoctor in the order of the run.
func All() []*Check {
	return []*Check{
		envService, envProxy, envClient,
		volumeToken, volumeCA, volumeNamespace, tokenClaims,
		dnsConfig, dnsServers, dnsResolve,
		netConnect, netOpen, netName, netProxy,
		tlsChain, tlsHost, tlsName, tlsValidity, tlsSettings,
		authReview, authClock,
		apiVersions, apiHealth, apiVersion, apiAccess,
		kubectlProxyAPI,
		processCPU,
	}
}
