//go:build unix

package causes

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// standIn takes kubectl's place: it writes down how it was called, and answers
// what the blanks ask.
const standIn = `#!/bin/sh
{ echo "--call"; for a; do printf '%s\n' "--arg $a"; done; } >>"$CALLS"
case "$*" in
*" create -f -") { echo "--stdin"; cat; } >>"$CALLS" ;;
*"networkpolicy -o name") echo networkpolicy.networking.k8s.io/deny ;;
*policyTypes*) echo '["Ingress","Egress"]' ;;
*describe*) echo "  PodSelector:     app=web" ;;
*"--field-selector metadata.name="*) echo pod/web-1 ;;
*ownerReferences*) echo StatefulSet/web ;;
*metadata.labels*) echo '{"app":"web","pod-template-hash":"5d4f","batch.kubernetes.io/job-name":"x"}' ;;
*endpoints*addresses*) printf '172.18.0.3\n172.18.0.4\n' ;;
*matchLabels*) printf '{"app":"web"}\n[{"key":"tier","operator":"In","values":["x"]}]' ;;
*"get serviceaccount"* | *"get pvc"*) ;;
*"volumeMounts"*) echo "web /var/run/secrets/kubernetes.io/serviceaccount=account" ;;
*Corefile*) printf '    kubernetes cluster.local in-addr.arpa {\n' ;;
*"{.items[0].ports[0].port}"*) echo 6443 ;;
*"get service kubernetes -o jsonpath={.spec.clusterIP}:"*) echo 10.96.0.1:443 ;;
*"service kubernetes"*clusterIP*) echo 10.96.0.1 ;;
*"service kubernetes"*port*) echo 443 ;;
*kube-dns*clusterIP*) echo 10.96.0.10 ;;
*jsonpath*) echo web ;;
esac
`

// tools are what the commands may use besides kubectl. What else they name, such
// as openssl, is not there: no packet leaves a test.
var tools = []string{"sed", "grep", "head", "cat", "base64", "date", "sh"}

func shellWith(t *testing.T) (path, calls string) {
	t.Helper()
	path, calls = t.TempDir(), filepath.Join(t.TempDir(), "calls")
	if err := os.WriteFile(filepath.Join(path, "kubectl"), []byte(standIn), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		at, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(at, filepath.Join(path, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return path, calls
}

// TestFixesRunInAShell pastes every fix, with all and with nothing seen, into the
// shells that people have: as it stands, and with the indent of a report. What
// kubectl is given has no blank left, and YAML is what it claims to be.
func TestFixesRunInAShell(t *testing.T) {
	path, calls := shellWith(t)
	for shell, indent := range map[string]string{"sh": "    ", "bash": ""} {
		program, err := exec.LookPath(shell)
		if err != nil {
			t.Fatal(err)
		}
		eachFix(t, func(t *testing.T, _ *Page, fix Fix) {
			pasted := Fix{Blanks: fix.Blanks}
			for i, step := range fix.Steps {
				fix.Steps[i].Command = strings.ReplaceAll(step.Command, "</dev/null", "")
				if step.Where == "" {
					pasted.Steps = append(pasted.Steps, step)
				}
			}
			text := indent + strings.ReplaceAll(strings.Join(pasted.Lines(), "\n"), "\n", "\n"+indent) + "\n"
			os.Remove(calls)
			cmd := exec.Command(program, "-u")
			cmd.Env, cmd.Stdin = []string{"PATH=" + path, "CALLS=" + calls}, strings.NewReader(text)
			out, _ := cmd.CombinedOutput()
			for line := range strings.SplitSeq(string(out), "\n") {
				if strings.Contains(line, "yntax") || strings.Contains(line, "unbound") || strings.Contains(line, "not set") || strings.Contains(line, "unexpected") || strings.Contains(line, "not created") {
					t.Errorf("%s, indent %d: %s\n%s", shell, len(indent), line, text)
				}
			}
			recorded, _ := os.ReadFile(calls)
			checkCalls(t, string(recorded))
		})
	}
}

func checkCalls(t *testing.T, recorded string) {
	t.Helper()
	_, all, _ := strings.Cut(recorded, "--call\n")
	if all == "" {
		return
	}
	for call := range strings.SplitSeq(all, "--call\n") {
		args, stdin, _ := strings.Cut(call, "--stdin\n")
		list := strings.Split(strings.TrimSuffix(args, "\n"), "\n--arg ")
		for _, arg := range list {
			if strings.Contains(arg, "$") || slices.ContainsFunc(capitals().FindAllString(arg, -1), isBlank) && !strings.Contains(arg, ":.") && !chosen.MatchString(arg) {
				t.Errorf("a blank is left in %q of %q", arg, args)
			}
		}
		if stdin != "" {
			if err := yaml.UnmarshalStrict([]byte(stdin), new(networkingv1.NetworkPolicy)); err != nil {
				t.Errorf("%v\n%s", err, stdin)
			}
		}
		if i := slices.Index(list, "-p"); i >= 0 && strings.Contains(list[i+1], "\n") {
			var patch struct {
				Spec struct{ Template corev1.PodTemplateSpec }
			}
			if err := yaml.UnmarshalStrict([]byte(list[i+1]), &patch); err != nil {
				t.Errorf("%v\n%s", err, list[i+1])
			}
		}
	}
}

// chosen are blanks that hold their own name until somebody chooses.
var chosen = regexp.MustCompile(`\b(NAMESPACE|POD|SECRET|APISERVICE|MEANT_ACCOUNT)\b`)
