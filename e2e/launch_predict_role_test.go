//go:build e2e

package e2e

import (
	"bytes"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// TestPredictRole predicts with the roles that are printed for it, and with no other right.
func TestPredictRole(t *testing.T) {
	ns := newNamespace(t, false)
	_, objects := ns.split(t, "predict.yaml", values{"IMAGE": programImage(t, "./reach"), "NODE": healthyNode(), "API_NODE": healthyNode()})
	ns.apply(t, objects)
	ns.kubectl(t, "rollout", "status", "deployment/web", "--timeout=2m")
	ns.kubectl(t, "create", "serviceaccount", "predicts")
	w := predictWorld{namespace: ns, api: endpoint(t)}
	policy := write(t, t.TempDir(), "policy.yaml", w.expand(t, networkPolicy("deny", denyAll)))
	slice := write(t, t.TempDir(), "slice.yaml", w.expand(t, sliceOf("kubernetes", "default", "{name: https, port: 6443, protocol: TCP}")))
	for _, step := range []struct {
		role, file string
		status     int
		stderr     string
	}{
		{"", policy, commands.NoResult, "missing rights: "},
		{"k8sdoctor-predict", policy, commands.Found, ""},
		{"", slice, commands.NoResult, "missing rights: list namespaces, list networkpolicies.networking.k8s.io ("},
		{"k8sdoctor-predict-all", slice, commands.Found, ""},
	} {
		if step.role != "" {
			ns.allow(t, "predicts", step.role)
		}
		cmd := pluginCommand(t, "predict", "--namespace", string(ns), "-f", step.file, "--as=system:serviceaccount:"+string(ns)+":predicts")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil && !isExit(err) {
			t.Fatal(err)
		}
		if status := cmd.ProcessState.ExitCode(); status != step.status || !strings.Contains(stderr.String(), step.stderr) || step.stderr == "" && stderr.Len() > 0 || strings.Contains(stdout.String(), "missing right") {
			t.Errorf("with the role %q: got status %d, %s and\n%s", step.role, status, stderr.String(), stdout.String())
		}
	}
}

// allow gives an account of the namespace the roles of this name that the launcher prints, in
// all their namespaces, until the end of the test.
func (ns namespace) allow(t *testing.T, account, role string) {
	t.Helper()
	subject := "subjects: [{kind: ServiceAccount, name: " + account + ", namespace: " + string(ns) + "}]\n"
	var objects []string
	for printed := range strings.SplitSeq(ns.launch(t, "check", "--print-role").stdout, "---\n") {
		if !strings.Contains(printed, "  name: "+role+"\n") {
			continue
		}
		kind := "Role"
		if strings.Contains(printed, "kind: ClusterRole") {
			kind = "ClusterRole"
		}
		_, in, _ := strings.Cut(printed, "  namespace: ")
		in, _, _ = strings.Cut(in, "\n")
		binding := "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "Binding\nmetadata: {name: " + role + ", namespace: " + in + "}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: " + kind + ", name: " + role + "}\n" + subject
		objects = append(objects, printed, strings.Replace(binding, ", namespace: }", "}", 1))
	}
	text := strings.Join(objects, "---\n")
	commandWith(t, text, "kubectl", "apply", "--filename=-")
	t.Cleanup(func() {
		commandWith(t, text, "kubectl", "delete", "--ignore-not-found", "--wait=false", "--filename=-")
	})
}
