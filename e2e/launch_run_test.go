//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/joshdk/go-junit"
	batchv1 "k8s.io/api/batch/v1"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestLaunchRun runs kubectl k8sdoctor run.
func TestLaunchRun(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(*testing.T){
		"healthy, in several formats": runHealthy,
		"behind a policy":             runBehindPolicy,
		"dry run":                     runDry,
		"kept":                        runKept,
		"without what it needs":       runWithout,
		"ended by others":             runEnded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		for i, at := range steps {
			if !everyStep && (signal == syscall.SIGTERM || i%2 == 0) {
				continue
			}
			t.Run(signal.String()+" "+at.name, func(t *testing.T) {
				t.Parallel()
				runKilled(t, signal, at)
			})
		}
	}
}

// run runs kubectl k8sdoctor run in this namespace.
func (ns namespace) run(t *testing.T, args ...string) launched {
	t.Helper()
	return launchedBy(t, ns.runArgs(args...)...)
}

// launchedBy calls the launcher with these arguments.
func launchedBy(t *testing.T, args ...string) launched {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := pluginCommand(t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	l := launched{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(began)}
	t.Logf("%s: status %d after %s\n%s", strings.Join(args, " "), l.status, l.took.Round(10*time.Millisecond), l.stderr)
	return l
}

func (ns namespace) runArgs(args ...string) []string {
	return append([]string{"run", "--namespace", string(ns), "--image", "k8sdoctor:dev"}, args...)
}

// names are those of all objects of the namespace but events.
func (ns namespace) names(t *testing.T) []string {
	t.Helper()
	resources := slices.DeleteFunc(strings.Fields(kubectl(t, "api-resources", "--verbs=list", "--namespaced", "--output=name")), func(name string) bool {
		return strings.HasPrefix(name, "events") || strings.HasSuffix(name, ".metrics.k8s.io")
	})
	return strings.Fields(ns.kubectl(t, "get", strings.Join(resources, ","), "--output=name"))
}

// namesAgain waits until the namespace has the objects that it had before.
func (ns namespace) namesAgain(t *testing.T, before []string) {
	t.Helper()
	var after []string
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(time.Second) {
		if after = ns.names(t); slices.Equal(before, after) {
			return
		}
	}
	t.Errorf("got objects %v, want those of before: %v", after, before)
}

func runHealthy(t *testing.T) {
	ns := newNamespace(t, true)
	before := ns.names(t)
	table := ns.run(t)
	if table.status != 0 || !strings.Contains(table.stdout, "\nhealthy: ") {
		t.Errorf("got status %d and\n%s", table.status, table.stdout)
	}
	if table.took > longest {
		t.Errorf("the report took %s", table.took)
	}
	asJSON := ns.run(t, "-o", "json", "--only", "dns.*")
	r, err := report.Read(strings.NewReader(asJSON.stdout))
	if err != nil || asJSON.status != 0 || r.Pod.Namespace != string(ns) {
		t.Errorf("got status %d, %v and\n%s", asJSON.status, err, asJSON.stdout)
	}
	asJUnit := ns.run(t, "-o", "junit")
	suites, err := junit.Ingest([]byte(asJUnit.stdout))
	if err != nil || len(suites) != 1 || suites[0].Totals.Failed > 0 || asJUnit.status != 0 {
		t.Errorf("got status %d, %v and\n%s", asJUnit.status, err, asJUnit.stdout)
	}
	ns.namesAgain(t, before)
}

func runBehindPolicy(t *testing.T) {
	ns := newNamespace(t, true)
	_, policy := ns.split(t, "deny-all.yaml", nil)
	ns.apply(t, policy)
	before := ns.names(t)
	l := ns.run(t, "-o", "github", "--report", t.TempDir()+"/junit.xml")
	if l.status != 1 || !strings.Contains(l.stdout, "::error title=net.policy-denies (certain)") {
		t.Errorf("got status %d and\n%s", l.status, l.stdout)
	}
	ns.namesAgain(t, before)
}

func runDry(t *testing.T) {
	ns := newNamespace(t, true)
	before := ns.names(t)
	for _, format := range []string{"yaml", "json"} {
		l := ns.run(t, "--dry-run=client", "-o", format)
		out := commandWith(t, l.stdout, "kubectl", "apply", "--dry-run=server", "-f", "-")
		if !regexp.MustCompile(`^job\.batch/k8sdoctor-run-[a-z0-9]{5} created \(server dry run\)\n$`).MatchString(out) {
			t.Errorf("%s: got %q", format, out)
		}
	}
	if after := ns.names(t); !slices.Equal(before, after) {
		t.Errorf("got objects %v, want those of before: %v", after, before)
	}
}

func runKept(t *testing.T) {
	ns := newNamespace(t, true)
	l := ns.run(t, "--keep")
	left := regexp.MustCompile(`kubectl -n \S+ delete job (\S+)`).FindStringSubmatch(l.stderr)
	if l.status != 0 || left == nil {
		t.Fatalf("got status %d and %q, want how to remove the Job", l.status, l.stderr)
	}
	if log := ns.kubectl(t, "logs", "job/"+left[1]); !strings.Contains(log, `"kind": "Report"`) {
		t.Errorf("the log is %q", log)
	}
	ns.kubectl(t, "delete", "job", left[1])
}

// runWithout ends with status 2 where there can be no report, with the reason.
func runWithout(t *testing.T) {
	ns := newNamespace(t, true)
	ns.kubectl(t, "create", "quota", "none", "--hard=requests.memory=1Mi")
	before := ns.names(t)
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"has no ServiceAccount web", []string{"--service-account", "web"}},
		{"you have no right to create jobs.batch", []string{"--as", "system:serviceaccount:" + string(ns) + ":default"}},
		{"a ResourceQuota of namespace " + string(ns) + " does not allow the pod of job/", []string{"--start-timeout", "5s"}},
	} {
		if l := ns.run(t, tc.args...); l.status != 2 || l.stdout != "" || !strings.Contains(l.stderr, tc.want) {
			t.Errorf("got status %d, %q and %q, want %q", l.status, l.stdout, l.stderr, tc.want)
		}
	}
	ns.kubectl(t, "delete", "quota", "none")
	before = slices.DeleteFunc(before, func(name string) bool { return name == "resourcequota/none" })
	if l := ns.run(t, "--image", "k8sdoctor:none", "--image-pull-policy", "Never"); l.status != 2 || !strings.Contains(l.stderr, "image k8sdoctor:none is not on node") {
		t.Errorf("got status %d and %q, want that the image is missing", l.status, l.stderr)
	}
	ns.namesAgain(t, before)
}

// step is a moment of a run, by what it says then.
type step struct {
	name, says string
	after      time.Duration // of saying it
	args       []string
}

// pendingForever is for a pod that never starts: its node refuses the connection.
var pendingForever = []string{"--image", "127.0.0.1:1/k8sdoctor:none"}

// The runs last long enough to be ended: no egress is allowed.
var steps = []step{
	{"while the Job is created", "creating job/", 0, nil},
	{"after the Job is created", "waiting for the pod of job/", 0, nil},
	{"while the pod is pending", "starts on node", time.Second, pendingForever},
	{"when the pod runs", "k8sdoctor runs in pod/", 0, nil},
	{"while the log is read", "k8sdoctor runs in pod/", time.Second, nil},
}

func runKilled(t *testing.T, signal syscall.Signal, at step) {
	ns := newNamespace(t, true)
	_, policy := ns.split(t, "deny-all.yaml", nil)
	ns.apply(t, policy)
	before := ns.names(t)
	var began time.Time
	l := ns.during(t, at, func(launcher *os.Process) {
		began = time.Now()
		if err := launcher.Signal(signal); err != nil {
			t.Error(err)
		}
	})
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the end took %s", took)
	}
	if signal == syscall.SIGKILL {
		ns.finishKilled(t)
	} else if l.status != 2 || !strings.Contains(l.stderr, "interrupted by SIG") {
		t.Errorf("got status %d and\n%s", l.status, l.stderr)
	}
	ns.namesAgain(t, before)
}

// during runs kubectl k8sdoctor run, and does something once it has come to a step.
func (ns namespace) during(t *testing.T, at step, do func(launcher *os.Process)) launched {
	t.Helper()
	cmd := pluginCommand(t, ns.runArgs(at.args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reached := false
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if !reached && strings.Contains(lines.Text(), at.says) {
			reached = true
			time.Sleep(at.after)
			do(cmd.Process)
		}
	}
	cmd.Wait()
	if !reached {
		t.Fatalf("never %s:\n%s", at.name, said.String())
	}
	return launched{stderr: said.String(), status: cmd.ProcessState.ExitCode()}
}

// runEnded has somebody else, or the cluster, end a run.
func runEnded(t *testing.T) {
	ns := newNamespace(t, true)
	_, policy := ns.split(t, "deny-all.yaml", nil)
	ns.apply(t, policy)
	before := ns.names(t)
	pod := func() string {
		return ns.kubectl(t, "get", "pods", "--selector=app.kubernetes.io/name=k8sdoctor", "--sort-by=.metadata.creationTimestamp", "--output=jsonpath={.items[-1:].metadata.name}")
	}
	running := steps[len(steps)-1]
	for want, do := range map[string]func(){
		" was deleted before its report was read, not by k8sdoctor": func() { ns.kubectl(t, "delete", "pod", pod(), "--wait=false") },
		"k8sdoctor: job/k8sdoctor-run-":                             func() { ns.kubectl(t, "delete", "jobs", "--all", "--wait=false") },
		" was evicted: EvictionByEvictionAPI: ": func() {
			name := pod()
			eviction := `{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "` + name + `", "namespace": "` + string(ns) + `"}}`
			commandWith(t, eviction, "kubectl", "create", "--raw", "/api/v1/namespaces/"+string(ns)+"/pods/"+name+"/eviction", "--filename=-")
		},
		" reached its deadline of 100 s (activeDeadlineSeconds)": func() {
			for _, job := range strings.Fields(ns.kubectl(t, "get", "jobs", "--output=name")) {
				ns.kubectl(t, "patch", job, "--patch", `{"spec": {"activeDeadlineSeconds": 1}}`)
			}
		},
	} {
		l := ns.during(t, running, func(*os.Process) { do() })
		for tries := 1; l.status == 1 && tries < 3; tries++ { // it had come to its end before
			l = ns.during(t, running, func(*os.Process) { do() })
		}
		if l.status != 2 || !strings.Contains(l.stderr, want) {
			t.Errorf("got status %d and\n%s\nwant %q", l.status, l.stderr, want)
		}
		ns.namesAgain(t, before)
	}
}

// finishKilled demands that the cluster will remove what a killed launcher left, and has
// that happen at once instead of after the times of the Job.
func (ns namespace) finishKilled(t *testing.T) {
	t.Helper()
	var left batchv1.JobList
	if err := json.Unmarshal([]byte(ns.kubectl(t, "get", "jobs", "--output=json")), &left); err != nil {
		t.Fatal(err)
	}
	for _, job := range left.Items {
		if deadline, ttl := job.Spec.ActiveDeadlineSeconds, job.Spec.TTLSecondsAfterFinished; deadline == nil || *deadline != 100 || ttl == nil || *ttl != 600 {
			t.Errorf("job/%s has activeDeadlineSeconds %v and ttlSecondsAfterFinished %v", job.Name, deadline, ttl)
		}
		ns.kubectl(t, "patch", "job", job.Name, "--patch", `{"spec": {"activeDeadlineSeconds": 8, "ttlSecondsAfterFinished": 1}}`)
	}
}
