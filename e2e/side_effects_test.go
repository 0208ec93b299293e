//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSideEffects stands the doctor beside an application, with its labels.
func TestSideEffects(t *testing.T) {
	app := newApp(t)
	for _, name := range []string{"web", "agent", "db", "cache"} {
		t.Run("a pod like one of "+name, func(t *testing.T) { app.podLike(t, name) })
	}
	t.Run("a Job with labels that it should not have", func(t *testing.T) { app.job(t, true) })
	t.Run("a Job without its gate", func(t *testing.T) { app.job(t, false) })
}

// app is the application of testdata/app.yaml.
type app struct{ namespace }

func newApp(t *testing.T) app {
	t.Helper()
	a := app{newNamespace(t, false)}
	_, objects := a.split(t, "app.yaml", values{"IMAGE": programImage(t, "./web")})
	a.kubectl(t, "apply", "-f", write(t, t.TempDir(), "app.yaml", objects))
	for _, workload := range []string{"deployment/web", "daemonset/agent", "statefulset/db"} {
		a.kubectl(t, "rollout", "status", workload, "--timeout=2m")
	}
	a.kubectl(t, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=2m")
	deadline(t, time.Minute, func() bool { return strings.HasPrefix(a.kubectl(t, "logs", "client", "--tail=1"), "sent") })
	return a
}

// longRun makes the doctor's run long enough to be watched, and fail.
const longRun = " -- check --can-i get/secrets --wait 6s"

func (a app) podLike(t *testing.T, name string) {
	failing := a.kubectl(t, "get", "pod", "--selector=app="+name, "--output=jsonpath={.items[0].metadata.name}")
	deadline(t, time.Minute, func() bool { return a.allowed(t, name) != "0" })
	before := a.counts(t)
	seen := a.watch(t, name, func() {
		p := paste(t, a.readmeBlock(t, asPod, "POD=web-6cb77d7674-j4hdr", "POD="+failing)+longRun)
		checkTable(t, p.stdout)
		if p.status != 1 || !strings.Contains(p.stderr, "api.forbidden") {
			t.Errorf("got status %d and %q, want what was staged", p.status, p.stderr)
		}
	})
	seen.check(t)
	a.requests(t, before)
	if slices.Min(seen.budget) != slices.Max(seen.budget) {
		t.Errorf("the disruptions allowed changed: %v", seen.budget)
	}
	a.kubectl(t, "wait", "--for=delete", "pod/k8sdoctor", "--timeout=60s")
}

// job gives the Job's pod the labels that README.md warns of: its gate keeps it
// out of the Service, and nothing keeps it out of the disruption budget.
func (a app) job(t *testing.T, gate bool) {
	manifest := read(t, "../manifests/job.yaml")
	manifest = replace(t, manifest, "\n      labels:\n", "\n      labels:\n        app: web\n")
	manifest = replace(t, manifest, "          env: # ", "          args: [check, --can, get/secrets, --wait, 6s]\n          env: # ")
	if !gate {
		manifest = replace(t, manifest, "        - conditionType: k8sdoctor/in-a-service\n", "")
	}
	before, allowed := a.counts(t), a.allowed(t, "web")
	file := write(t, t.TempDir(), "job.yaml", manifest)
	seen := a.watch(t, "web", func() {
		a.kubectl(t, "replace", "--force", "-f", file)
		a.kubectl(t, "wait", "job/k8sdoctor", "--for=jsonpath={.status.conditions[0].status}=True", "--timeout=100s")
	})
	if gate {
		seen.check(t)
		a.requests(t, before)
		if slices.Min(seen.budget) > 0 {
			t.Errorf("disruptions allowed: %v; README.md says that a Job's pod makes that 0", seen.budget)
		}
	} else if seen.served == 0 {
		t.Error("the pod was never in the Service without a gate: this test sees nothing")
	}
	a.kubectl(t, "delete", "job", "k8sdoctor")
	deadline(t, time.Minute, func() bool { return a.allowed(t, "web") == allowed })
}

// counts are the requests of the client, sent and failed so far.
func (a app) counts(t *testing.T) (counts [2]int) {
	t.Helper()
	if _, err := fmt.Sscanf(a.kubectl(t, "logs", "client", "--tail=1"), "sent %d failed %d", &counts[0], &counts[1]); err != nil {
		t.Fatal(err)
	}
	return counts
}

// requests checks that none has failed since.
func (a app) requests(t *testing.T, before [2]int) {
	t.Helper()
	now := a.counts(t)
	sent, failed := now[0]-before[0], now[1]-before[1]
	t.Logf("%d requests sent, %d failed", sent, failed)
	if sent < 50 || failed > 0 {
		t.Errorf("%d of %d requests failed, want none of at least 50", failed, sent)
	}
}

func (a app) allowed(t *testing.T, name string) string {
	t.Helper()
	return a.kubectl(t, "get", "poddisruptionbudget", name, "--output=jsonpath={.status.disruptionsAllowed}")
}
