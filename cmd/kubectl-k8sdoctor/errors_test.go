package main

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// call runs the program in this process.
func call(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	app := newApp(&out, &err)
	status = commands.Run(ctx, app, withCommand(app, append([]string{"kubectl-k8sdoctor"}, args...)))
	return status, out.String(), err.String()
}

// anyDoctor is a file that is taken for a doctor: the head of a program for Linux.
func anyDoctor(t *testing.T) string {
	t.Helper()
	head := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: 64,
	}
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, head); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "doctor")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// kubeconfig makes a configuration for a server, with more fields for its user.
func kubeconfig(t *testing.T, server, user string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: %q}}]
users: [{name: u, user: {%s}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
current-context: x
`, server, user)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// answering is an API server that gives every request the same answer.
func answering(t *testing.T, status int, reason, message, details string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,"reason":%q,"message":%q,"details":{%s}}`, status, reason, message, details)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestBadInputIsOneLine that says what to do.
func TestBadInputIsOneLine(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	closed.Close()
	t.Setenv("KUBECONFIG", kubeconfig(t, nobody, ""))
	for _, tc := range []struct {
		name, config, want string
		args               []string
	}{
		{"nothing is asked for", "", "which pod? kubectl k8sdoctor TYPE/NAME", []string{"check"}},
		{"an unknown type", "", `"frob" has no pods that are known here`, []string{"frob/web"}},
		{"no name", "", "which deployment? deployment/NAME", []string{"deploy/"}},
		{"too much", "", `unexpected argument "more"`, []string{"deploy", "web", "more"}},
		{"an unknown flag", "", "see kubectl k8sdoctor check --help", []string{"pod/web", "--nope"}},
		{"an unknown format", "", `--output "word"`, []string{"pod/web", "-o", "word"}},
		{"a doctor that is not there", "", "--doctor: open ", []string{"pod/web", "--doctor", "/nonexistent/doctor"}},
		{"an unknown context", "", "nope", []string{"pod/web", "--context", "nope"}},
		{"no cluster", nobody, "the API server at " + nobody + " cannot be reached from this machine: ", []string{"pod/web"}},
		{"no such pod", answering(t, 404, "NotFound", `pods "web" not found`, `"name":"web","kind":"pods"`), "pod/web is not in namespace shop: kubectl -n shop get pods", []string{"web"}},
		{"no rights", answering(t, 403, "Forbidden", `pods "web" is forbidden: User "u" cannot get resource "pods"`, `"name":"web","kind":"pods"`), "check --print-role prints the roles", []string{"pod", "web"}},
		{"credentials that are not accepted", answering(t, 401, "Unauthorized", "Unauthorized", ""), "does not accept the credentials of the kubeconfig: kubectl auth whoami", []string{"po/web"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			args := append(tc.args, "--doctor", anyDoctor(t))
			if tc.config != "" {
				args = append(args, "--kubeconfig", kubeconfig(t, tc.config, ""))
			}
			oneLine(t, tc.want, args...)
		})
	}
	t.Run("a kubeconfig that wants a plug-in", func(t *testing.T) {
		config := kubeconfig(t, "https://127.0.0.1:1", `exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plug-in, interactiveMode: Never, installHint: "line\nline"}`)
		oneLine(t, "asks no-such-plug-in for credentials, and there is no such program: install it", "pod/web", "--doctor", anyDoctor(t), "--kubeconfig", config)
	})
}

func oneLine(t *testing.T, want string, args ...string) {
	t.Helper()
	status, stdout, stderr := call(t.Context(), args...)
	if status != commands.NoResult || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
		t.Errorf("got status %d, %q and %q, want 2 and one line with %q", status, stdout, stderr, want)
	}
}

func TestPrintRole(t *testing.T) {
	t.Setenv("KUBECONFIG", kubeconfig(t, "https://127.0.0.1:1", ""))
	status, stdout, stderr := call(t.Context(), "check", "--print-role")
	for _, want := range []string{"name: k8sdoctor-exec\n  namespace: shop\n", "- pods/exec\n  verbs:\n  - get\n  - create\n", "kind: ClusterRole\n", "name: k8sdoctor-read\n  namespace: kube-system\n"} {
		if status != 0 || stderr != "" || !strings.Contains(stdout, want) {
			t.Errorf("got status %d, %q and\n%s\nwant %q", status, stderr, stdout, want)
		}
	}
}
