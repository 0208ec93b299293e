// Package checks walks the way of a Kubernetes client from inside a pod to the
// API server, one check for each promise that Kubernetes makes to a pod, and
// records what it saw.
//
// A check is a value. All lists those of k8sdoctor; a program of your own can
// append to that list and hand it to Run.
package checks

import (
	"context"
	"strconv"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Status is the outcome of a check in one word.
type Status string

// The statuses: fail and skip block the checks that need the one that has
// them, warn does not.
const (
	Pass Status = "pass"
	Warn Status = "warn"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Check is one promise and the way to test it.
type Check struct {
	// ID is stable and reads "layer.subject", such as "dns.resolve".
	ID string
	// Title is a sentence that is true when the check passes.
	Title string
	// Needs names the checks that must have passed, or warned, for this one to
	// mean anything. They are causes, not merely earlier in the list.
	Needs []string
	// After makes this a probe, an experiment that tells look-alikes apart: it
	// runs once all checks have run, only when one of these has warned or
	// failed, and is not reported otherwise. Probes run side by side and leave
	// the session as they are.
	After []string
	// Records are the subjects that Run may record; a test holds it to them.
	Records []observe.Subject
	// Run observes and judges. It returns soon after ctx is done.
	Run func(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome
}

// Outcome is what a check's Run has seen.
type Outcome struct {
	Status Status
	// Code is a cause code ("layer.cause") for Warn and Fail, the check's id
	// when left empty, and empty otherwise.
	Code string
	// Summary is one line that starts with what was seen.
	Summary string
	// Evidence is what the summary rests on.
	Evidence Evidence
	// BlockedBy is the id of the check that this skip is owed to. A skip
	// without it means that the check does not apply, and blocks nothing.
	BlockedBy string
	// GoOn is set by a Fail that leaves in place what later checks need: they
	// run all the same.
	GoOn bool
}

// Result is the outcome of one check as it is reported.
type Result struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Status   Status   `json:"status"`
	Code     string   `json:"code,omitempty"`
	Summary  string   `json:"summary"`
	Evidence Evidence `json:"evidence"`
	// Observations are what was seen as typed values, by the id of the subject.
	Observations observe.Set  `json:"observations"`
	BlockedBy    string       `json:"blockedBy,omitempty"`
	Took         Milliseconds `json:"durationMs"`
}

// Milliseconds is a duration that JSON shows in milliseconds, to a tenth.
type Milliseconds time.Duration

// MarshalJSON implements json.Marshaler.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Duration(m).Microseconds())/1000, 'f', 1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Milliseconds) UnmarshalJSON(data []byte) error {
	ms, err := strconv.ParseFloat(string(data), 64)
	*m = Milliseconds(ms * float64(time.Millisecond))
	return err
}

// Probes returns the experiments that follow a failure. A probe passes when it
// could be made, whatever it showed: that is in its evidence.
func Probes() []*Check {
	return []*Check{
		probeHostNetwork, probeGivenHost, probeOwnService, probeServiceIP, probeEndpoint, probeRoute, probeForeign, probeSidecar,
		probeSearch, probeZones, probeDNSTiming,
		probeFresh, probeSegment, probeServerName,
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
		tlsChain, tlsHost, tlsName, tlsValidity,
		authReview, authClock,
		apiVersions, apiHealth, apiVersion, apiAccess,
		kubectlProxyAPI,
		processCPU,
	}
}
