//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestFixes stages what is broken in an application, pastes the fix that
// k8sdoctor prints there, as it stands, and asks again: it is fixed, where a
// user of the namespace can do that, and a neighbour has lost nothing.
func TestFixes(t *testing.T) {
	t.Parallel()
	image, kubectl := programImage(t, "./web"), kubectlImage(t)
	var fixes accuracy.Fixes
	t.Cleanup(func() { writeFixes(t, &fixes) })
	dns := newDNSServer(t)
	for _, s := range slices.Concat(withPolicy, inPod, withLinks, withToken, fixable, kubectlProxy(kubectl), dns.scenarios()) {
		if len(s.cause) == 0 {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			row := s.fix(t, image)
			if row.Failed > 0 { // a fix that cuts a neighbour off does so again
				again := s.fix(t, image)
				if again.Failed > 0 {
					t.Errorf("twice a neighbour has lost requests, %d and then %d", row.Failed, again.Failed)
				}
				row.Sent, row.Failed = row.Sent+again.Sent, row.Failed+again.Failed
			}
			fixes.Add(row)
		})
	}
}

// patience is how long a fix may take to show: a rollout, a rule of the pod
// network, an answer that the API server keeps for 10 s.
const patience = 40 * time.Second

// fix returns what became of one fix.
func (s scenario) fix(t *testing.T, image string) accuracy.Fix {
	ns := newNamespace(t, false)
	neighbour := ns.neighbour(t, image)
	failing := s.stage(t, ns)
	before, err := failing.examine(t)
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Verdict.Causes) == 0 || !slices.Contains(s.cause, before.Verdict.Causes[0].Code) {
		t.Fatalf("got %s, want %s first", list(before.Verdict.Causes), strings.Join(s.cause, " or "))
	}
	cause := before.Verdict.Causes[0]
	row := accuracy.Fix{Fault: s.name, Code: cause.Code, Kind: kindOf(cause.Steps)}
	counts := neighbour.counts(t)
	pasteFix(t, cause.Fix)
	var after report.Report
	for end := time.Now().Add(patience); !row.Fixed && time.Now().Before(end); time.Sleep(time.Second) {
		if after, err = failing.examine(t); err != nil {
			t.Log(err) // the pod has just ended
			continue
		}
		row.Fixed = after.Status != observe.Fail && !slices.ContainsFunc(after.Verdict.Causes, func(c diagnose.Finding) bool { return c.Code == cause.Code })
	}
	// what was cut off would wait now, and not count
	last := neighbour.counts(t)[0]
	deadline(t, time.Minute, func() bool { return neighbour.counts(t)[0] >= last+20 })
	now := neighbour.counts(t)
	row.Sent, row.Failed = now[0]-counts[0], now[1]-counts[1]
	if row.Failed > 0 {
		t.Logf("%d of %d requests of a neighbour failed: %s", row.Failed, row.Sent, regexp.MustCompile(`(?m)^(Get .*)$`).FindString(ns.kubectl(t, "logs", "client")))
	}
	if row.Sent < 50 {
		t.Errorf("got %d requests of a neighbour, want at least 50", row.Sent)
	}
	if row.Kind == accuracy.FixesIt && !row.Fixed {
		t.Logf("not fixed: %s; %s", list(after.Verdict.Causes), after.Verdict.Summary)
	}
	return row
}

// kindOf says whether a fix has a change that who reads it makes.
func kindOf(steps []causes.Step) accuracy.FixKind {
	kind := accuracy.LooksOnly
	for _, step := range steps {
		switch step.Kind {
		case causes.Change:
			return accuracy.FixesIt
		case causes.Ask:
			kind = accuracy.NeedsOthers
		}
	}
	return kind
}

// pasteFix pastes a fix with the indent that it has in a report.
func pasteFix(t *testing.T, fix []string) {
	t.Helper()
	text := "    " + strings.ReplaceAll(strings.Join(fix, "\n"), "\n", "\n    ") + "\n"
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	t.Logf("%s\n%v\n%s", text, err, out)
}

// application is a Deployment whose pods are those of a scenario's Job, where
// k8sdoctor idles in place of a program.
type application struct {
	namespace
	name string
	args []string // of k8sdoctor, as the scenario has them
}

// stage makes what the scenario breaks, and the application.
func (s scenario) stage(t *testing.T, ns namespace) application {
	t.Helper()
	var given values
	if s.before != nil {
		given = s.before(t, ns)
	}
	var job batchv1.Job
	decode(t, []byte(commandWith(t, kubectl(t, "kustomize", ns.customize(t, s.file, given)), "kubectl", "create", "--dry-run=client", "--output=json", "-f", "-")), &job)
	app := application{namespace: ns, name: "failing", args: job.Spec.Template.Spec.Containers[0].Args}
	template := job.Spec.Template
	template.Labels = map[string]string{"app": app.name}
	template.Spec.RestartPolicy, template.Spec.ReadinessGates = "Always", nil
	template.Spec.Containers[0].Args = []string{"check", "--only", "kubectl-proxy.api", "--kubectl-proxy", "http://127.0.0.1:1", "--wait", "24h", "--termination-log="}
	for i := range template.Spec.Containers[1:] { // a second container of the scenario's ends at once
		if c := &template.Spec.Containers[i+1]; c.Image == "k8sdoctor:dev" {
			c.Args = template.Spec.Containers[0].Args
		}
	}
	replicas := int32(1)
	deployment, err := json.Marshal(appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: app.name, Namespace: string(ns)},
		Spec:       appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template},
	})
	if err != nil {
		t.Fatal(err)
	}
	commandWith(t, string(deployment), "kubectl", "create", "-f", "-")
	ns.kubectl(t, "rollout", "status", "deployment/"+app.name, "--timeout=100s")
	if s.after != nil {
		s.after(t, ns)
	}
	return app
}

// examine runs k8sdoctor in the newest pod of the application.
func (a application) examine(t *testing.T) (report.Report, error) {
	t.Helper()
	a.kubectl(t, "rollout", "status", "deployment/"+a.name, "--timeout=100s")
	pod := a.kubectl(t, "get", "pods", "--selector=app="+a.name, "--field-selector=status.phase=Running",
		"--sort-by=.metadata.creationTimestamp", "--output=jsonpath={.items[-1:].metadata.name}")
	var stdout, stderr bytes.Buffer
	args := append([]string{"--namespace", string(a.namespace), "exec", pod, "--container=k8sdoctor", "--", "/k8sdoctor"}, a.args...)
	cmd := exec.Command("kubectl", args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); stdout.Len() == 0 {
		return report.Report{}, fmt.Errorf("%w: %s", err, stderr.String())
	}
	return readReport(t, stdout.String()), nil
}

// neighbour is an application beside the failing one, its Service, and a client
// that asks it without pause. A policy of its own keeps policies of the scenario
// from it.
func (ns namespace) neighbour(t *testing.T, image string) app {
	t.Helper()
	a := app{ns}
	_, objects := ns.split(t, "neighbour.yaml", values{"IMAGE": image})
	commandWith(t, objects, "kubectl", "--namespace", string(ns), "apply", "-f", "-")
	ns.kubectl(t, "rollout", "status", "deployment/web", "--timeout=2m")
	ns.kubectl(t, "wait", "pod/client", "--for=condition=Ready", "--timeout=2m")
	deadline(t, time.Minute, func() bool { return strings.HasPrefix(ns.kubectl(t, "logs", "client", "--tail=1"), "sent") })
	return a
}

func writeFixes(t *testing.T, fixes *accuracy.Fixes) {
	t.Log(fixes)
	if staged, fixed := fixes.Count(); staged < 30 || fixed*10 < staged*8 {
		t.Errorf("%d of %d fixes for a user of the namespace fix the fault, want 80 of 100, and 30 at least", fixed, staged)
	}
	if os.Getenv("ACCURACY") == "" {
		return
	}
	if err := fixes.Write("../docs/accuracy.md", "fixes"); err != nil {
		t.Error(err)
	}
}
