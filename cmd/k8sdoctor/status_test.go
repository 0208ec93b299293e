package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// call runs the program in this process. It is not for tests that run side by
// side: urfave/cli writes to flags that all programs share.
func call(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = commands.Run(ctx, newApp(&out, &err), append([]string{"k8sdoctor"}, args...))
	return status, out.String(), err.String()
}

func TestExitStatus(t *testing.T) {
	for _, tc := range []struct {
		name string
		args string
		want int
	}{
		{"healthy", "demo", 0},
		{"healthy, as JSON", "demo -o json", 0},
		{"a failure", "demo --fault tls.host-not-covered", 1},
		{"a failure, as JSON", "demo --fault tls.host-not-covered -o json", 1},
		{"a warning", "demo --fault volume.ca-bundle", 0},
		{"a warning that counts", "demo --fault volume.ca-bundle --fail-on warn", 1},
		{"cut off before anything was found", "demo --fault net.api-blocked --timeout 2s", 2},
		{"cut off after something was found", "demo --fault volume.namespace-mismatch --fault volume.token-missing --fault net.api-blocked --timeout 2s", 1},
		{"an unknown flag", "demo --nope", 2},
		{"an unknown command", "nope", 2},
		{"an unknown fault", "demo --fault nope", 2},
		{"help", "--help", 0},
		{"nothing", "", 0},
		{"the list", "list", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, stdout, stderr := call(t.Context(), strings.Fields(tc.args)...)
			if status != tc.want {
				t.Errorf("got %d, want %d; standard output:\n%s\nstandard error:\n%s", status, tc.want, stdout, stderr)
			}
			if (stderr != "") != (strings.Contains(tc.name, "unknown")) {
				t.Errorf("got %q on standard error", stderr)
			}
		})
	}
}

// TestInterruptedRunEndsSoon leaves the second that is promised to a test with
// a clock of its own.
func TestInterruptedRunEndsSoon(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	interrupted := make(chan time.Time, 1)
	time.AfterFunc(2*time.Second, func() {
		interrupted <- time.Now()
		cancel(errors.New("interrupted by SIGTERM"))
	})
	status, stdout, _ := call(ctx, "demo", "--fault", "net.handshake-stalled", "-o", "json")
	if took := time.Since(<-interrupted); took > 5*time.Second {
		t.Errorf("the report came %s after the signal, want it soon", took)
	}
	if status != 2 || !strings.Contains(stdout, `"incomplete": "interrupted by SIGTERM"`) {
		t.Errorf("got status %d and\n%s\nwant 2 and what ended the run", status, stdout)
	}
}

func TestWaitSaysOnWhichAttemptItPassed(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"KUBECONFIG", "KUBERNETES_MASTER"} {
		t.Setenv(name, "")
	}
	config := filepath.Join(home, ".kube")
	if err := os.Mkdir(config, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "config"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := time.AfterFunc(500*time.Millisecond, func() { os.RemoveAll(config) })
	defer gone.Stop()
	status, stdout, stderr := call(t.Context(), "check", "--only", "env.client", "--fail-on", "warn", "--wait", "20s", "--termination-log", "", "-o", "json")
	if status != 0 || !strings.Contains(stdout, `"attempt": 2`) {
		t.Errorf("got status %d, %q and\n%s\nwant 0 on attempt 2", status, stderr, stdout)
	}
}

// TestFixIsForTheFailingPod has the fix of a pod of k8sdoctor's own name the pod
// that it stands in for, and no pod where it was not said.
func TestFixIsForTheFailingPod(t *testing.T) {
	for _, tc := range []struct {
		name   string
		doctor bool
		forPod string
		want   string
	}{
		{"in the failing pod", false, "", "get pod web-5d4f "},
		{"in a pod like it", true, "web-7c9d", "get pod web-7c9d "},
		{"in a Job", true, "", "get pod $POD "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, stdout := simulated(t, "dns.node-resolver"), &bytes.Buffer{}
			s.Stdout, s.Format = stdout, report.Format{Write: report.Wide}
			s.Doctor, s.ForPod, s.FailOnWarn = tc.doctor, tc.forPod, true
			if err := s.Show(s.RunUntil(t.Context(), time.Time{})); err == nil || !strings.Contains(stdout.String(), tc.want) {
				t.Errorf("got %v and\n%s\nwant %q in the fix", err, stdout, tc.want)
			}
		})
	}
}
