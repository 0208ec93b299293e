//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestReadme pastes what README.md shows for a cluster.
func TestReadme(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(*testing.T){
		"a Job twice with a policy in between":  jobTwice,
		"a Job without its ServiceAccount":      jobWithoutAccount,
		"a Job without its image":               jobWithoutImage,
		"a pod of its own":                      ownPod,
		"a pod of its own that is failing":      failingPod,
		"exec leaves the termination log alone": execInPod,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

const (
	asJob = "### As a Job"
	asOwn = "### As a pod of its own"
	asPod = "### As a pod like the failing one"
)

// readmeBlock returns the first commands under a heading of README.md, for this
// namespace.
func (ns namespace) readmeBlock(t *testing.T, heading string, others ...string) string {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, "../README.md"), "\n"+heading+"\n")
	_, rest, _ = strings.Cut(rest, "\n```sh\n")
	block, _, found := strings.Cut(rest, "\n```\n")
	if !found {
		t.Fatalf("README.md has no commands under %q", heading)
	}
	block = replace(t, block, "NS=default", "NS="+string(ns))
	for ; len(others) > 0; others = others[2:] {
		block = replace(t, block, others[0], others[1])
	}
	return block
}

// replace makes sure that there is something to replace.
func replace(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("%q is not in\n%s", from, text)
	}
	return strings.ReplaceAll(text, from, to)
}

// pasted is what a terminal shows of pasted commands.
type pasted struct {
	stdout, stderr string
	status         int
	took           time.Duration
}

// paste runs commands of README.md where it lies.
func paste(t *testing.T, commands string) pasted {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("sh", "-c", commands)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "..", &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	p := pasted{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), time.Since(began)}
	t.Logf("%s\nended with %d after %s\n%s%s", commands, p.status, p.took.Round(time.Millisecond), p.stdout, p.stderr)
	return p
}

// lastLine of a table is what was counted, the worst first.
func (p pasted) lastLine() string {
	lines := strings.Split(strings.TrimRight(p.stdout, "\n"), "\n")
	return lines[len(lines)-1]
}

// pasteJob pastes the commands for a Job, and waits again where they did not see
// its end, as README.md says.
func (ns namespace) pasteJob(t *testing.T) pasted {
	t.Helper()
	block := ns.readmeBlock(t, asJob)
	p := paste(t, block)
	for range 3 {
		if strings.Contains(p.stdout, "condition met") {
			break
		}
		p = paste(t, regexp.MustCompile(`(?m)^kubectl .* replace .*\n`).ReplaceAllString(block, ""))
	}
	return p
}

func jobTwice(t *testing.T) {
	ns := newNamespace(t, true)
	for _, want := range []string{"passed", "warned", "passed"} {
		if want == "warned" {
			_, policy := ns.split(t, "deny-dns.yaml", nil)
			ns.kubectl(t, "apply", "-f", write(t, t.TempDir(), "policy.yaml", policy))
		} else {
			ns.kubectl(t, "delete", "networkpolicy", "--all")
		}
		p := ns.pasteJob(t)
		if got := p.lastLine(); !regexp.MustCompile(`^\d+ checks? ` + want).MatchString(got) {
			t.Errorf("got the last line %q, want %s first", got, want)
		}
		checkTable(t, p.stdout)
	}
	_, rest, _ := strings.Cut(read(t, "../README.md"), "When you have read it:\n\n```sh\n")
	line, _, _ := strings.Cut(rest, "\n```")
	paste(t, "NS="+string(ns)+"\n"+line)
	ns.kubectl(t, "wait", "--for=delete", "job,pod", "--all", "--timeout=60s")
}

// changedManifests is a copy of manifests/ with one word of its kustomization
// changed.
func changedManifests(t *testing.T, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "job.yaml", read(t, "../manifests/job.yaml"))
	write(t, dir, "kustomization.yaml", replace(t, read(t, "../manifests/kustomization.yaml"), from, to))
	return dir
}

func jobWithoutAccount(t *testing.T) {
	ns := newNamespace(t, true)
	dir := changedManifests(t, "value: default", "value: nobody")
	ns.namesReason(t, dir, `FailedCreate .*serviceaccount "nobody" not found`)
}

func jobWithoutImage(t *testing.T) {
	ns := newNamespace(t, true)
	dir := changedManifests(t, "newName: k8sdoctor", "newName: localhost:1/k8sdoctor") // refused at once, where others may be silent
	ns.namesReason(t, dir, `Failed .*pull image "localhost:1/k8sdoctor:dev"`)
}

func (ns namespace) namesReason(t *testing.T, manifests, want string) {
	t.Helper()
	p := paste(t, ns.readmeBlock(t, asJob, "-f manifests/job.yaml", "-k "+manifests))
	if !regexp.MustCompile(want).MatchString(p.stdout) {
		t.Errorf("got no event like %s", want)
	}
	if p.took > time.Minute {
		t.Errorf("it took %s, want seconds", p.took)
	}
}

// ownPod asks ten times for JSON, of which nothing may be lost.
func ownPod(t *testing.T) {
	ns := newNamespace(t, true)
	block := ns.readmeBlock(t, asOwn)
	checkTable(t, paste(t, block).stdout)
	for range 10 {
		p := paste(t, block+" -- check -o json")
		if p.status != 0 || p.stderr != "" {
			t.Errorf("got status %d and %q on standard error", p.status, p.stderr)
		}
		readReport(t, p.stdout)
	}
	ns.kubectl(t, "wait", "--for=delete", "pod", "--all", "--timeout=60s")
}

func failingPod(t *testing.T) {
	ns := newNamespace(t, true)
	p := paste(t, ns.readmeBlock(t, asOwn)+" -- check -o json --can-i get/secrets")
	if readReport(t, p.stdout).Status != observe.Fail || p.status != 1 {
		t.Errorf("got status %d, want 1 and a failure", p.status)
	}
	_, message, _ := strings.Cut(p.stderr, "terminated (Error)\n")
	checkText(t, strings.TrimRight(message, "\n"))
	if !strings.HasPrefix(message, "FAIL  ") || !strings.Contains(message, "api.forbidden") {
		t.Errorf("standard error does not end with the verdict:\n%s", p.stderr)
	}
}

// execInPod runs k8sdoctor in a container that is not its own. Its termination
// message is that of the container.
func execInPod(t *testing.T) {
	ns := newNamespace(t, true)
	block := ns.readmeBlock(t, asOwn, "-q --rm -i ", "")
	paste(t, block+" -- check --only api.access --can-i get/secrets --wait 20s --termination-log=")
	ns.kubectl(t, "wait", "pod/k8sdoctor", "--for=jsonpath={.status.phase}=Running", "--timeout=60s")
	checkTable(t, ns.kubectl(t, "exec", "k8sdoctor", "--", "/k8sdoctor", "check"))
	ns.kubectl(t, "wait", "pod/k8sdoctor", "--for=jsonpath={.status.phase}=Failed", "--timeout=100s")
	if message := ns.kubectl(t, "get", "pod", "k8sdoctor", "--output=jsonpath={.status.containerStatuses[0].state.terminated.message}"); message != "" {
		t.Errorf("the container's termination message is\n%s\nwant none", message)
	}
}
