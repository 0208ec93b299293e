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
		{"a pod whose program is not there", "pod/no-program", "launch.container"},
		{"a pod whose volume is not there", "pod/no-volume", "launch.volume"},
		{"a Deployment that Pod Security refuses", "deployment/not-admitted", "launch.admission"},
		{"a StatefulSet without quota", "statefulset/over-quota", "launch.quota"},
	} {
		t.Run(tc.fault, func(t *testing.T) { ns.neverStarted(t, tc.fault, tc.target, tc.code) })
	}
	writeNeverStarted(t)
}

// TestLaunchOfBrokenNode has a node that starts no pod, and one of which nothing is heard. It is
// alone with the node.
func TestLaunchOfBrokenNode(t *testing.T) {
	ns := newNamespace(t, false)
	setAside(t, brokenNode())
	_, objects := ns.split(t, "broken-node.yaml", values{"NODE": brokenNode()})
	t.Run("no CNI plugin", func(t *testing.T) {
		const plugin = "/opt/cni/bin/ptp"
		t.Cleanup(func() { onNode(t, brokenNode(), "mv "+plugin+".gone "+plugin) })
		onNode(t, brokenNode(), "mv "+plugin+" "+plugin+".gone")
		ns.apply(t, objects)
		ns.neverStarted(t, "a pod of a node without its CNI plugin", "pod/app", "launch.sandbox")
	})
	t.Run("no kubelet", func(t *testing.T) {
		t.Cleanup(func() {
			onNode(t, brokenNode(), "systemctl start kubelet")
			kubectl(t, "wait", "--for=condition=Ready", "node/"+brokenNode(), "--timeout=2m")
		})
		onNode(t, brokenNode(), "systemctl stop kubelet")
		kubectl(t, "wait", "--for=condition=Ready=Unknown", "node/"+brokenNode(), "--timeout=3m")
		ns.kubectl(t, "delete", "pod", "app", "--force", "--grace-period=0")
		ns.apply(t, objects)
		ns.neverStarted(t, "a pod of a node whose kubelet is silent", "pod/app", "launch.node-lost")
	})
}

// neverStarted asks why a pod has not started.
func (ns namespace) neverStarted(t *testing.T, fault, target, code string) {
	t.Helper()
	var l launched
	deadline(t, 90*time.Second, func() bool { // until the kubelet or the controller has tried
		l = ns.launch(t, target, "-o", "json")
		return l.status == 1
	})
	r := l.names(t, 1, code, causes.Certain)
	if r.Launch.Way != "" || r.Incomplete == "" {
		t.Errorf("got %+v, incomplete %q, want that no way was taken", r.Launch, r.Incomplete)
	}
	neverStarted.Add(accuracy.Row{Fault: fault, Want: code, Got: r.Verdict.Causes, Took: l.took, Results: r.Results})
}
