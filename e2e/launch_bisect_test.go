//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestLaunchBisectByLabel has a policy select one of three labels, and a caller who may not read
// policies: to him it is as those of a CNI plugin are to everybody.
func TestLaunchBisectByLabel(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, false)
	_, objects := ns.split(t, "bisect.yaml", values{"IMAGE": shellImage(t), "NODE": healthyNode()})
	ns.apply(t, objects)
	ns.kubectl(t, "wait", "pod/web", "--for=condition=Ready", "--timeout=2m")
	as := ns.as(t, "exec", "like")
	before := ns.objects(t)
	r := ns.launch(t, "pod/web", as, "-o", "json").names(t, 1, "net.api-blocked", causes.Likely)
	if !slices.ContainsFunc(r.Launch.NotSeen, func(n report.NotSeen) bool {
		return strings.Contains(n.What, "--bisect") && slices.Contains(n.Decides, "net.api-blocked")
	}) {
		t.Errorf("got %+v, want that --bisect is offered", r.Launch.NotSeen)
	}
	r = ns.launch(t, "pod/web", as, "--bisect", "-o", "json").names(t, 1, "net.api-blocked", causes.Certain)
	checkBisected(t, r, "it fails only with the label tier=web", map[string]observe.Elsewhere{
		observe.WithoutLabels.ID: observe.GoneThere, observe.InNewPod.ID: observe.FailsToo,
	})
	if !strings.Contains(strings.Join(r.Verdict.Causes[0].Fix, "\n"), "goes by the label tier=web") {
		t.Errorf("got %q, want that the fix names the label", r.Verdict.Causes[0].Fix)
	}
	ns.nothingLeft(t, before)
	ns.kubectl(t, "delete", "networkpolicy", "--all")
	if r := ns.launch(t, "pod/web", as, "--bisect", "-o", "json").names(t, 0, "", ""); !slices.ContainsFunc(r.Launch.Notes, func(n string) bool { return strings.HasPrefix(n, "--bisect made no pod") }) {
		t.Errorf("got %q, want that there is nothing to find", r.Launch.Notes)
	}
}

// TestLaunchBisectByNode has the firewall of a node drop what its pods send to the API server. It
// is alone with the node.
func TestLaunchBisectByNode(t *testing.T) {
	ns := newNamespace(t, false)
	setAside(t, brokenNode())
	_, objects := ns.split(t, "bisect.yaml", values{"IMAGE": shellImage(t), "NODE": brokenNode()})
	ns.apply(t, objects)
	ns.kubectl(t, "delete", "networkpolicy", "--all")
	ns.kubectl(t, "wait", "pod/web", "--for=condition=Ready", "--timeout=2m")
	before := ns.objects(t)
	rule(after, "ip saddr $PODS ip daddr $API tcp dport 6443 drop")(t, ns)
	r := ns.launch(t, "pod/web", "--bisect", "-o", "json").names(t, 1, "net.api-blocked", causes.Likely)
	checkBisected(t, r, "it fails on node "+brokenNode()+", and not on "+healthyNode(), map[string]observe.Elsewhere{
		observe.OnOtherNode.ID: observe.GoneThere, observe.InNewPod.ID: observe.FailsToo,
	})
	ns.nothingLeft(t, before)
}

// checkBisected checks what the pods that differ have shown.
func checkBisected(t *testing.T, r report.Report, summary string, want map[string]observe.Elsewhere) {
	t.Helper()
	i := slices.IndexFunc(r.Results, func(result observe.Result) bool { return result.ID == "cluster.bisect" })
	if i < 0 {
		t.Fatalf("got no cluster.bisect, and notes %q", r.Launch.Notes)
	}
	got := r.Results[i]
	t.Logf("%s: %s", got.Summary, got.Evidence)
	if got.Summary != summary || len(got.Evidence) > 8 {
		t.Errorf("got %q by %d pods, want %q by 8 at most", got.Summary, len(got.Evidence), summary)
	}
	for id, word := range want {
		if seen := got.Observations[id]; len(seen) != 1 || seen[0].Word != string(word) {
			t.Errorf("%s: got %v, want %s", id, seen, word)
		}
	}
}
