// Package trial runs checks in a pod of the lab that lives in a bubble, for the tests
// of the rooms that judge what is seen there.
package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/bubble"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Limit is how long each check may take, as on the command line.
const Limit = 5 * time.Second

// InPod hands f a pod with the faults, where only what is waited for takes time.
func InPod(t *testing.T, f func(t *testing.T, pod *lab.Pod), faults ...string) {
	t.Helper()
	dir := t.TempDir()
	bubble.Run(t, func(t *testing.T) {
		pod, err := lab.StartInMemory(dir, faults...)
		if err != nil {
			t.Fatal(err)
		}
		defer pod.Close()
		f(t, pod)
	})
}

// Results runs the checks, and those probes among them that the faults call for, and
// says how long that took.
func Results(t *testing.T, list []*checks.Check, faults ...string) (results []observe.Result, took time.Duration) {
	t.Helper()
	InPod(t, func(t *testing.T, pod *lab.Pod) {
		start := time.Now()
		results = slices.Collect(examine.Run(t.Context(), pod.System, list, Limit, nil))
		took = time.Since(start)
	}, faults...)
	return results, took
}
