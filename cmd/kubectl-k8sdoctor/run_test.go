package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// call runs the program.
func call(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = commands.Run(t.Context(), newApp(&out, &errs), append([]string{"kubectl-k8sdoctor"}, args...))
	return out.String(), errs.String(), status
}

func TestRunUsage(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for want, args := range map[string][]string{
		"--image is missing, and no image is released yet: make push IMAGE=":     {},
		`--image-pull-policy "Sometimes": must be Always, IfNotPresent or Never`: {"--image=i", "--image-pull-policy=Sometimes"},
		`--dry-run "server": must be client`:                                     {"--image=i", "--dry-run=server"},
		`--output "junit": must be yaml or json with --dry-run=client`:           {"--image=i", "--dry-run=client", "-o", "junit"},
		"--start-timeout 0s: a time limit must be positive":                      {"--image=i", "--start-timeout=0s"},
		`--node "N 1": `: {"--image=i", "--node=N 1"},
		`unexpected argument "deployment/web"; see kubectl k8sdoctor run --help`: {"--image=i", "deployment/web"},
		`--output "text": must be table, `:                                       {"--image=i", "-o", "text"},
		`--fail-on "never": must be fail or warn`:                                {"--image=i", "--fail-on=never"},
		none + ": no such file or directory":                                     {"--image=i", "--kubeconfig", none},
	} {
		stdout, stderr, status := call(t, append([]string{"run"}, args...)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("run %q: got status %d, %q and %q, want %q", args, status, stdout, stderr, want)
		}
	}
}

// TestRunDry reads no cluster, and passes on what is for the doctor.
func TestRunDry(t *testing.T) {
	for _, format := range []string{"", "yaml", "json"} {
		args := []string{"run", "--image=i", "-n", "shop", "--dry-run=client", "--only=dns.*", "--only", "net.*", "--timeout=1m", "--can-i=list/pods", "--no-external-probes", "--fail-on=warn", "--node=n1", "--color=never"}
		if format != "" {
			args = append(args, "-o", format)
		}
		stdout, stderr, status := call(t, args...)
		if status != 0 || stderr != "" || strings.HasPrefix(stdout, "{") != (format == "json") {
			t.Fatalf("got status %d, %q and %q", status, stdout, stderr)
		}
		var made batchv1.Job
		unmarshal(t, stdout, &made)
		doctor := made.Spec.Template.Spec.Containers[0]
		want := "check --output=json --only=dns.* --only=net.* --timeout=1m0s --no-external-probes=true --can-i=list/pods --fail-on=warn"
		if got := strings.Join(doctor.Args, " "); got != want {
			t.Errorf("got arguments %q, want %q", got, want)
		}
		if *made.Spec.ActiveDeadlineSeconds != 130 || made.Namespace != "shop" || made.Spec.Template.Spec.NodeName != "n1" {
			t.Errorf("got %s", stdout)
		}
		for _, noise := range []string{"creationTimestamp", "status:", `"status"`} {
			if strings.Contains(stdout, noise) {
				t.Errorf("%s is in\n%s", noise, stdout)
			}
		}
	}
}
