package report

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// MaxObservations bounds a message of observations, in bytes: the kubelet keeps less than
// 4096 of it in a pod of four containers or more (pkg/kubelet/status/status_manager.go).
const MaxObservations = 3072

// TerminationObservations returns what the run observed, for a launcher that judges it again,
// as ASCII of at most MaxObservations bytes.
func TerminationObservations(r Report) []byte {
	return observe.Compact{Version: r.Version, Took: time.Duration(r.Took), Incomplete: r.Incomplete, Results: r.Results}.Encode(MaxObservations)
}
