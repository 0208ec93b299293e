//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// careful takes kubectl's place: what only looks is done, what changes is asked
// of the API server with --dry-run=server, and what can do neither is tried with
// --help, which refuses flags that there are not. It writes down what was refused.
const careful = `#!/bin/sh
case " $* " in
*" rollout restart "* | *" proxy "*) last=--help ;;
*" create "* | *" patch "* | *" set "* | *" label "* | *" scale "* | *" delete "*) last=--dry-run=server ;;
*) last= ;;
esac
"$KUBECTL" "$@" $last 2>"$ERRORS" && exit
[ -s "$ERRORS" ] || exit # the pipe was closed
grep -qiE 'notfound|not found|already exists|no resources found|not available' "$ERRORS" || echo "$(cat "$ERRORS"): kubectl $*" >>"$REFUSED"
`

// TestFixCommands gives each command of each fix, also those that are for
// somebody else, to kubectl and the API server, with all and with nothing seen.
func TestFixCommands(t *testing.T) {
	ns := newNamespace(t, false)
	failing := scenario{}.stage(t, ns)
	ns.kubectl(t, "create", "secret", "generic", "account")
	pod := ns.kubectl(t, "get", "pods", "--selector=app="+failing.name, "--output=jsonpath={.items[0].metadata.name}")
	node := ns.kubectl(t, "get", "pod", pod, "--output=jsonpath={.spec.nodeName}")
	_, policy := ns.split(t, "deny-all.yaml", nil)
	commandWith(t, policy, "kubectl", "--namespace", string(ns), "apply", "-f", "-")

	_, service := apiAddresses(t)
	all := causes.Input{
		Pod: causes.Pod{Name: pod, Namespace: string(ns), Node: node, ServiceAccount: "default"},
		Seen: observe.Collect(func(log *observe.Log) {
			observe.EnvHostValue.Saw(log, service)
			observe.EnvPortValue.Saw(log, "443")
			observe.DNSNameservers.Saw(log, "10.96.0.10")
			observe.TokenSecret.Saw(log, "account")
			observe.APIStaleNames.Saw(log, "metrics.k8s.io/v1beta1")
			observe.APIDeniedNames.Saw(log, "get/secrets", "list/nodes:*", "get/pods/log")
		}),
	}
	choices := strings.NewReplacer("NAMESPACE=NAMESPACE #", "NAMESPACE="+string(ns)+" #", "POD=POD #", "POD="+pod+" #",
		"SECRET=SECRET #", "SECRET=account #", "APISERVICE=APISERVICE #", "APISERVICE=v1beta1.metrics.k8s.io #", "MEANT_ACCOUNT=MEANT_ACCOUNT #", "MEANT_ACCOUNT=default #")
	path := t.TempDir()
	write(t, path, "kubectl", careful)
	if err := os.Chmod(filepath.Join(path, "kubectl"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"sed", "grep", "head", "cat", "base64", "date", "sh"} {
		if err := os.Symlink(command(t, "sh", "-c", "printf %s $(command -v "+tool+")"), filepath.Join(path, tool)); err != nil {
			t.Fatal(err)
		}
	}
	real := strings.TrimSpace(command(t, "sh", "-c", "command -v kubectl"))
	for name, seen := range map[string]causes.Input{"all seen": all, "nothing seen": {}} {
		for _, cause := range causes.All() {
			t.Run(name+" "+cause.Code, func(t *testing.T) {
				t.Parallel()
				fix, dir := seen.FixOf(cause), t.TempDir()
				for i := range fix.Steps {
					if fix.Steps[i].Kind == causes.Ask {
						fix.Steps[i].Kind = causes.Change // or its command is a comment
					}
					if fix.Steps[i].Where != "" {
						fix.Steps[i].Command = "" // of a machine that is not this one
					}
				}
				cmd := exec.Command("sh")
				cmd.Stdin = strings.NewReader(choices.Replace(strings.Join(fix.Lines(), "\n")) + "\n")
				cmd.Env = []string{"PATH=" + path, "HOME=" + dir, "KUBECONFIG=" + os.Getenv("KUBECONFIG"), "KUBECTL=" + real, "REFUSED=" + filepath.Join(dir, "refused"), "ERRORS=" + filepath.Join(dir, "errors")}
				out, _ := cmd.CombinedOutput()
				if refused, err := os.ReadFile(filepath.Join(dir, "refused")); err == nil {
					t.Errorf("refused: %s\n%s", refused, out)
				}
			})
		}
	}
}
