//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
)

// neverStarted collects what the launcher says of pods that have not started.
var neverStarted accuracy.Table

// TestLaunchOfWhatNeverStarted asks why pods have not started.
func TestLaunchOfWhatNeverStarted(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, false)
	kubectl(t, "label", "namespace", string(ns), "pod-security.kubernetes.io/enforce=baseline")
	_, objects := ns.split(t, "never-started.yaml", nil)
	ns.apply(t, objects)
	for _, tc := range []struct{ fault, target, code string }{
		{"a pod whose image is not there", "pod/no-image", "launch.image"},
		{"a pod that no node takes", "pod/no-node", "launch.unscheduled"},
		{"a pod whose Secret is not there", "pod/no-config", "launch.config"},
		{"a pod whose volume is not there", "pod/no-volume", "launch.volume"},
		{"a Deployment that Pod Security refuses", "deployment/not-admitted", "launch.admission"},
		{"a StatefulSet without quota", "statefulset/over-quota", "launch.quota"},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			var l launched
			deadline(t, 90*time.Second, func() bool { // until the kubelet or the controller has tried
				l = ns.launch(t, tc.target, "-o", "json")
				return l.status == 1
			})
			r := l.names(t, 1, tc.code, causes.Certain)
			if r.Launch.Way != "" || r.Incomplete == "" {
				t.Errorf("got %+v, incomplete %q, want that no way was taken", r.Launch, r.Incomplete)
			}
			neverStarted.Add(accuracy.Row{Fault: tc.fault, Want: tc.code, Got: r.Verdict.Causes, Took: l.took, Results: r.Results})
		})
	}
	writeNeverStarted(t)
}
