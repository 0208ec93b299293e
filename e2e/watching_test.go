//go:build e2e

package e2e

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWatching runs the manifests of k8sdoctor watch in a restricted namespace, reads its
// metrics, and ends it.
func TestWatching(t *testing.T) {
	t.Parallel()
	for name, ready := range map[string]string{
		"watch-deployment.yaml": "deployment/k8sdoctor-watch",
		"watch-daemonset.yaml":  "daemonset/k8sdoctor-watch",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := newNamespace(t, true)
			manifest := write(t, t.TempDir(), name, strings.ReplaceAll(read(t, "../manifests/"+name), "--every=30s", "--every=1s"))
			ns.kubectl(t, "apply", "-f", manifest)
			ns.kubectl(t, "rollout", "status", ready, "--timeout=90s")
			pod := strings.Fields(ns.kubectl(t, "get", "pods", "--output=name"))[0]
			path := "/api/v1/namespaces/" + string(ns) + "/pods/" + strings.TrimPrefix(pod, "pod/") + ":9090/proxy/"
			rounds := regexp.MustCompile(`(?m)^k8sdoctor_rounds_total\{outcome="passed"\} [3-9]`)
			deadline(t, time.Minute, func() bool { return rounds.MatchString(kubectl(t, "get", "--raw", path+"metrics")) })
			if health := kubectl(t, "get", "--raw", path+"healthz"); health != "ok\n" {
				t.Errorf("/healthz: got %q", health)
			}
			var log bytes.Buffer
			follow := exec.Command("kubectl", "--namespace", string(ns), "logs", pod, "--follow")
			follow.Stdout = &log
			if err := follow.Start(); err != nil {
				t.Fatal(err)
			}
			ns.kubectl(t, "delete", "-f", manifest, "--timeout=60s")
			if err := follow.Wait(); err != nil {
				t.Error(err)
			}
			if out := log.String(); !strings.Contains(out, "  PASS  this pod can use the API server") || !regexp.MustCompile(`(?m)^\d+ rounds in .*: \d+ passed$`).MatchString(out) || !strings.Contains(out, "\nLAYER ") {
				t.Errorf("the log is\n%s\nwant the first round, and at the end what they have shown", out)
			}
		})
	}
}
