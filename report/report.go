// Package report renders what a run saw and what it means: a table for people,
// one JSON document for programs, a short message for the kubelet.
package report

import (
	"slices"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Report is one run of k8sdoctor. Its JSON form is described by schema.json.
type Report struct {
	APIVersion string               `json:"apiVersion"` // "k8sdoctor/v1"
	Kind       string               `json:"kind"`       // "Report"
	Version    string               `json:"version"`    // of k8sdoctor
	Started    time.Time            `json:"started"`
	Took       observe.Milliseconds `json:"durationMs"`
	Pod        causes.Pod           `json:"pod"`
	Status     observe.Status       `json:"status"` // pass, warn or fail: the worst of the results
	Verdict    diagnose.Verdict     `json:"verdict"`
	Results    []observe.Result     `json:"results"`
	// Clients is what the observations mean to clients; it is derived from them
	// where it is nil.
	Clients []clients.Client `json:"clients"`
	// Simulated is set by the demo: the pod does not exist.
	Simulated bool `json:"simulated,omitempty"`
	// Incomplete says why checks are missing, such as "interrupted by SIGTERM".
	Incomplete string `json:"incomplete,omitempty"`
	// Attempt counts the runs of --wait; it is 1 without.
	Attempt int `json:"attempt"`
	// Launch is set by kubectl k8sdoctor.
	Launch *Launch `json:"launch,omitempty"`
}

// healthy says that nothing was found, and that the API server has accepted the token.
func (r Report) healthy() bool {
	return r.Status == observe.Pass && r.Incomplete == "" && slices.ContainsFunc(r.Results, func(result observe.Result) bool {
		return result.ID == "auth.review" && result.Status == observe.Pass
	})
}

func (r Report) statusOf(check string) observe.Status {
	for _, result := range r.Results {
		if result.ID == check {
			return result.Status
		}
	}
	return ""
}

func (r Report) clients() []clients.Client {
	if r.Clients != nil {
		return r.Clients
	}
	return clients.Table(observe.All(r.Results))
}
