//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// plugin builds the launcher once.
var plugin = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "k8sdoctor-e2e-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "kubectl-k8sdoctor")
	out, err := exec.Command("go", "build", "-o", name, "../cmd/kubectl-k8sdoctor").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return name, nil
})

// everyStep has the launcher killed at every step of every way; otherwise it is at some of
// them, as it takes minutes.
var everyStep = os.Getenv("E2E_EVERY_STEP") != ""

// launched is what a call of the launcher has come to.
type launched struct {
	status         int
	stdout, stderr string
	took           time.Duration
}

// pluginCommand is a call of the launcher.
func pluginCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	name, err := plugin()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(name, args...)
}

// launcher is a call of the launcher in this namespace, with the doctor that make has built.
func (ns namespace) launcher(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	name, err := plugin()
	if err != nil {
		t.Fatal(err)
	}
	doctor := "../build/k8sdoctor-linux-" + runtime.GOARCH
	return exec.CommandContext(ctx, name, append(args, "--namespace", string(ns), "--doctor", doctor)...)
}

// launch calls the launcher and waits for it.
func (ns namespace) launch(t *testing.T, args ...string) launched {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := ns.launcher(ctx, t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	err := cmd.Run()
	t.Logf("kubectl k8sdoctor %s: %s", strings.Join(args, " "), time.Since(started).Round(10*time.Millisecond))
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || !exit.Exited()) {
		t.Fatalf("kubectl k8sdoctor %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return launched{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(started)}
}

// as makes an account with these roles, as the launcher prints them, and no other right, and
// returns the flag to call it as that account.
func (ns namespace) as(t *testing.T, roles ...string) string {
	t.Helper()
	var printed []string
	for role := range strings.SplitSeq(ns.launch(t, "check", "--print-role").stdout, "---\n") {
		if strings.Contains(role, "namespace: "+string(ns)) {
			printed = append(printed, role)
		}
	}
	ns.apply(t, strings.Join(printed, "---\n"))
	name := "launcher-" + strings.Join(roles, "-")
	ns.kubectl(t, "create", "serviceaccount", name)
	for _, role := range roles {
		ns.kubectl(t, "create", "rolebinding", name+"-"+role, "--role=k8sdoctor-"+role, "--serviceaccount="+string(ns)+":"+name)
	}
	return "--as=system:serviceaccount:" + string(ns) + ":" + name
}

// report is the launcher's, which has to be JSON and to fit the schema.
func (l launched) report(t *testing.T) report.Report {
	t.Helper()
	if l.stdout == "" {
		t.Fatalf("got status %d, no report, and %s", l.status, l.stderr)
	}
	r := validReport(t, l.stdout)
	if r.Launch == nil {
		t.Fatalf("got a report without launch:\n%s", l.stdout)
	}
	return r
}

// names checks the exit status and the first cause; none is to be named where code is "".
func (l launched) names(t *testing.T, status int, code string, confidence causes.Confidence) report.Report {
	t.Helper()
	r := l.report(t)
	got, sure := "", causes.Confidence("")
	if len(r.Verdict.Causes) > 0 {
		got, sure = r.Verdict.Causes[0].Code, r.Verdict.Causes[0].Confidence
	}
	if l.status != status || got != code || sure != confidence {
		t.Errorf("got status %d, %s (%s), want %d, %s (%s)\n%s\n%s", l.status, got, sure, status, code, confidence, l.stderr, l.stdout)
	}
	return r
}

// shellImage gives the cluster an image with a shell and little more, of the node's own
// files.
func shellImage(t *testing.T) string {
	t.Helper()
	const image = "k8sdoctor-e2e/shell:dev"
	node := os.Getenv("E2E_CLUSTER") + "-control-plane"
	const pack = `set -e
programs="sh head rm sha256sum uname wc chmod sleep cat ls mount tail mkdir"
files=
for p in $programs; do
  f=$(command -v $p)
  files="$files ${f#/} $(ldd "$f" | sed -n 's/^[^/]*\(\/[^ ]*\) (.*/\1/p' | sed 's|^/||' | tr '\n' ' ')"
done
mkdir -p /tmp/k8sdoctor-e2e/tmp && chmod 1777 /tmp/k8sdoctor-e2e/tmp
tar -C / -chf - $(printf '%s\n' $files | sort -u) -C /tmp/k8sdoctor-e2e tmp`
	archive := filepath.Join(t.TempDir(), "shell.tar")
	file, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.Command("docker", "exec", node, "bash", "-c", pack)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = file, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	command(t, "docker", "import", "--change", `ENV PATH=/usr/bin:/bin`, archive, image)
	command(t, "go", "tool", "kind", "load", "docker-image", "--name", os.Getenv("E2E_CLUSTER"), image)
	return image
}
