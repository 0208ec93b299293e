//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// TestLaunchExec takes the doctor from outside into running containers.
func TestLaunchExec(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, false)
	_, objects := ns.split(t, "launch.yaml", values{"IMAGE": shellImage(t)})
	ns.apply(t, objects)
	ns.kubectl(t, "rollout", "status", "deployment/web", "--timeout=2m")
	ns.kubectl(t, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=2m")
	before := ns.objects(t)
	t.Run("a Deployment", func(t *testing.T) {
		l := ns.launch(t, "deployment/web", "-o", "json")
		r := l.names(t, 0, "", "")
		if r.Launch.Way != "exec" || r.Launch.Target != "deployment/web" || r.Launch.Container != "web" || !strings.Contains(r.Launch.Chosen, "of 2 pods") || len(r.Launch.NotSeen) > 0 {
			t.Errorf("got %+v", r.Launch)
		}
		if r.Pod.Node == "" || !strings.HasPrefix(r.Pod.Name, "web-") || r.Pod.Doctor {
			t.Errorf("got %+v", r.Pod)
		}
		checkTable(t, ns.launch(t, "deploy", "web").stdout)
	})
	for _, name := range []string{"readonly", "noexec"} {
		t.Run(name, func(t *testing.T) {
			if r := ns.launch(t, "pod/"+name, "-o", "json").names(t, 0, "", ""); r.Launch.Way != "exec" {
				t.Errorf("got %+v, want exec", r.Launch)
			}
		})
	}
	for name, because := range map[string]string{"tight": "bytes of memory are left in this container", "small": "its memory limit is 32Mi"} {
		t.Run(name, func(t *testing.T) {
			l := ns.launch(t, "pod/"+name, "--no-ephemeral", "-o", "json")
			r := l.report(t)
			if r.Launch.Way == "exec" || len(r.Launch.NotTaken) == 0 || !strings.Contains(r.Launch.NotTaken[0].Because, because) {
				t.Errorf("got %+v, want exec not taken: %s", r.Launch, because)
			}
			if restarts := ns.kubectl(t, "get", "pod", name, "--output=jsonpath={.status.containerStatuses[0].restartCount}"); restarts != "0" {
				t.Errorf("the container restarted %s times", restarts)
			}
		})
	}
	t.Run("nothing is left", func(t *testing.T) { ns.nothingLeft(t, before) })
	t.Run("killed at each step", func(t *testing.T) { ns.killed(t, before) })
	t.Run("with the printed roles", ns.withRoles)
	t.Run("a policy that denies", ns.denied)
}

// readme is what README.md begins with: one command, from an i/o timeout to its cause.
func (ns namespace) readme(t *testing.T) {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, "../README.md"), "\n```sh\n")
	block, _, _ := strings.Cut(rest, "\n```\n")
	name, err := plugin()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // where kubectl finds a plugin, as after "install"
	script := write(t, dir, "kubectl-k8sdoctor", "#!/bin/sh\nexec "+name+" \"$@\" --doctor build/k8sdoctor-linux-"+runtime.GOARCH+"\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	p := paste(t, "PATH="+dir+":$PATH\n"+replace(t, block, "NS=shop", "NS="+string(ns)))
	checkTable(t, p.stdout)
	if p.status != 1 || !strings.Contains(p.stdout, "\nnet.policy-denies (certain): ") || p.took > time.Minute {
		t.Errorf("got status %d after %s and\n%s\nwant net.policy-denies, certain", p.status, p.took, p.stdout)
	}
}

// denied puts a policy over the Deployment that its labels alone select.
func (ns namespace) denied(t *testing.T) {
	ns.apply(t, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny-egress}\nspec: {podSelector: {matchLabels: {tier: web}}, policyTypes: [Egress]}\n")
	var l launched
	deadline(t, time.Minute, func() bool { // until the policy is in force
		l = ns.launch(t, "deployment/web", "-o", "json")
		return l.status == 1
	})
	r := l.names(t, 1, "net.policy-denies", causes.Certain)
	if !slices.Contains(r.Verdict.Causes[0].Evidence, "egress to the API server is denied by NetworkPolicies: "+string(ns)+"/deny-egress has no egress rule") {
		t.Errorf("got evidence %q, want the policy", r.Verdict.Causes[0].Evidence)
	}
	if len(r.Verdict.Causes[0].Blanks) > 0 {
		t.Errorf("got the blanks %v, want a fix that is filled in", r.Verdict.Causes[0].Blanks)
	}
	ns.readme(t)
	pasteFix(t, r.Verdict.Causes[0].Fix)
	deadline(t, time.Minute, func() bool { return ns.launch(t, "deployment/web", "-o", "json").status == 0 })
}

// withRoles calls the launcher as an account that has what it prints, and no more.
func (ns namespace) withRoles(t *testing.T) {
	roles := write(t, t.TempDir(), "roles.yaml", ns.launch(t, "check", "--print-role").stdout)
	kubectl(t, "apply", "-f", roles) // in several namespaces
	t.Cleanup(func() { kubectl(t, "delete", "-f", roles) })
	ns.kubectl(t, "create", "serviceaccount", "launcher")
	account := string(ns) + ":launcher"
	as := []string{"deployment/web", "-o", "json", "--as", "system:serviceaccount:" + account}
	bind := func(in, kind, role string) {
		args := []string{"create", "rolebinding", role + "-" + string(ns), "--role=" + role, "--serviceaccount=" + account, "--namespace=" + in}
		if kind == "ClusterRole" {
			args = []string{"create", "clusterrolebinding", role + "-" + string(ns), "--clusterrole=" + role, "--serviceaccount=" + account}
		}
		kubectl(t, args...)
		t.Cleanup(func() {
			if kind == "ClusterRole" {
				kubectl(t, "delete", "clusterrolebinding", role+"-"+string(ns))
			} else {
				kubectl(t, "delete", "rolebinding", role+"-"+string(ns), "--namespace="+in)
			}
		})
	}
	if l := ns.launch(t, as...); l.status != 2 || !strings.Contains(l.stderr, "--print-role prints the roles that are needed") {
		t.Errorf("without any role: got status %d and %q", l.status, l.stderr)
	}
	bind(string(ns), "Role", "k8sdoctor-exec")
	r := ns.launch(t, as...).names(t, 0, "", "")
	if r.Launch.Way != "exec" || len(r.Launch.NotSeen) < 10 {
		t.Errorf("with the first role: got %+v, want exec, and what was not seen", r.Launch)
	}
	for _, n := range r.Launch.NotSeen {
		if n.Rule == "" || n.Because != "" || len(n.Decides) == 0 {
			t.Errorf("got %+v, want a rule, and what it decides", n)
		}
	}
	for _, in := range []string{string(ns), "kube-system", "default"} {
		bind(in, "Role", "k8sdoctor-read")
	}
	bind("", "ClusterRole", "k8sdoctor-read")
	if r := ns.launch(t, as...).names(t, 0, "", ""); len(r.Launch.NotSeen) > 0 {
		t.Errorf("with every role: got %+v not seen", r.Launch.NotSeen)
	}
}

// killed ends the launcher at many moments of its run, as kill -9 and Ctrl-C do.
func (ns namespace) killed(t *testing.T, before string) {
	started := time.Now()
	ns.launch(t, "deployment/web")
	whole := time.Since(started)
	for _, signal := range []os.Signal{syscall.SIGKILL, os.Interrupt} {
		for step := range 10 {
			cmd := ns.launcher(context.Background(), t, "deployment/web")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(whole * time.Duration(step) / 10)
			cmd.Process.Signal(signal)
			cmd.Wait()
		}
	}
	ns.nothingLeft(t, before)
}

// nothingLeft demands that the objects are those of before, and that no file and no process
// of the doctor is in any container.
func (ns namespace) nothingLeft(t *testing.T, before string) {
	t.Helper()
	if after := ns.objects(t); after != before {
		t.Errorf("the objects were\n%s\nand are\n%s", before, after)
	}
	const look = `for p in /proc/[0-9]*; do read -r c <$p/cmdline; echo "$c"; done 2>/dev/null | while read -r c; do case $c in *k8sdoctor-[0-9]*) echo "a process: $c" ;; esac; done
for d in /tmp /var/tmp /run /dev/shm / /scratch; do ls -a $d 2>/dev/null | while read -r f; do case $f in .k8sdoctor*) echo "a file: $d/$f" ;; esac; done; done; true`
	for pod := range strings.FieldsSeq(ns.kubectl(t, "get", "pods", "--output=jsonpath={.items[*].metadata.name}")) {
		var left string
		deadline(t, 30*time.Second, func() bool {
			left = strings.TrimSpace(ns.kubectl(t, "exec", pod, "--", "sh", "-c", look))
			return left == ""
		})
		if left != "" {
			t.Errorf("pod %s: %s is left", pod, left)
		}
	}
}

// objects are all objects of the namespace but events, with what is asked of them.
func (ns namespace) objects(t *testing.T) string {
	t.Helper()
	var list []string
	for kind := range strings.FieldsSeq(kubectl(t, "api-resources", "--namespaced", "--verbs=list", "--output=name")) {
		if strings.HasPrefix(kind, "events") || strings.HasPrefix(kind, "leases") {
			continue
		}
		for line := range strings.Lines(ns.kubectl(t, "get", kind, "--ignore-not-found", "--output=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation} {.spec}{\"\\n\"}{end}")) {
			list = append(list, fmt.Sprintf("%s: %s", kind, strings.TrimSpace(line)))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}
