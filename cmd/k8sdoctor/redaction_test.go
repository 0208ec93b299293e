package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/report"
)

const volume = "var/run/secrets/kubernetes.io/serviceaccount"

// session is one call of check.
type session struct{ *commands.Session }

// simulated is a session in a pod of the lab's.
func simulated(t *testing.T, faults ...string) session {
	t.Helper()
	pod, err := lab.Start(t.TempDir(), faults...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pod.Close() })
	return session{&commands.Session{
		Output: commands.Output{Format: report.Formats()[0], Stdout: io.Discard, Stderr: io.Discard},
		Sys:    pod.System, List: examine.AllChecks(), Limit: 20 * time.Second, CheckLimit: 5 * time.Second,
	}}
}

// inEveryFormat is a report as each format has it, those for people narrow and
// colored, too.
func inEveryFormat(t *testing.T, r report.Report) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	write := func(name string, f report.Format, opts report.Options) {
		var b bytes.Buffer
		if err := f.Write(&b, r, opts); err != nil {
			t.Fatal(err)
		}
		outputs[name] = b.String()
	}
	for _, f := range report.Formats() {
		write(f.Name, f, report.Options{})
		write(f.Name+", narrow", f, report.Options{Width: 40, Color: true})
	}
	for _, f := range report.MessageFormats() {
		write("termination message, "+f.Name, f, report.Options{})
	}
	return outputs
}

// redirect makes connections to one address of the pod's go to another.
func (s session) redirect(from, to string) {
	dial := s.Sys.Dial
	s.Sys.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == from {
			address = to
		}
		return dial(ctx, network, address)
	}
}

// answer puts a server of the test's at an address of the pod's.
func (s session) answer(t *testing.T, at string, handler http.HandlerFunc) {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dial := s.Sys.Dial
	s.Sys.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == at {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		}
		return dial(ctx, network, address)
	}
}

// TestRedaction has the token come up where nobody expects it, and looks for it
// in all that k8sdoctor writes.
func TestRedaction(t *testing.T) {
	for _, tc := range []struct {
		name string
		only string
		leak func(t *testing.T, s session, token string)
	}{
		{"in KUBERNETES_SERVICE_HOST", "", inVariable("KUBERNETES_SERVICE_HOST", "%s")},
		{"in the proxy's user", "", inVariable("HTTPS_PROXY", "http://%s@10.20.0.5:3128")},
		{"in POD_NAME", "", inVariable("POD_NAME", "%s")},
		{"in POD_NAMESPACE", "", inVariable("POD_NAMESPACE", "%s")},
		{"in NODE_NAME", "", inVariable("NODE_NAME", "node-%s")},
		{"in POD_IP", "", inVariable("POD_IP", "%s")},
		{"in POD_SERVICE_ACCOUNT", "", inVariable("POD_SERVICE_ACCOUNT", "%s")},
		{"in POD_NAME, and nothing reads the token", "env.client", inVariable("POD_NAME", "%s")},
		{"in the namespace file", "", inNamespace},
		{"in the namespace file, alone", "volume.namespace", inNamespace},
		{"in the kubectl proxy's answer", "", inProxyAnswer},
		{"in the kubectl proxy's answer, alone", "kubectl-proxy.api", inProxyAnswer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := simulated(t)
			token, err := os.ReadFile(filepath.Join(s.Sys.Root, volume, "token"))
			if err != nil {
				t.Fatal(err)
			}
			tc.leak(t, s, string(token))
			if tc.only != "" {
				if s.List, err = checks.Select(examine.AllChecks(), []string{tc.only}, nil); err != nil {
					t.Fatal(err)
				}
			}
			r := s.RunUntil(t.Context(), time.Time{})
			signature := string(token[bytes.LastIndexByte(token, '.')+1:])
			for name, text := range inEveryFormat(t, r) {
				if text == "" {
					t.Errorf("%s: got nothing", name)
				}
				if piece := pieceOf(12, signature, text); piece != "" {
					t.Errorf("%s: holds %q of the token", name, piece)
				}
			}
		})
	}
}

func inVariable(name, format string) func(*testing.T, session, string) {
	return func(_ *testing.T, s session, token string) { s.Sys.Env[name] = fmt.Sprintf(format, token) }
}

func inNamespace(t *testing.T, s session, _ string) {
	t.Helper()
	name := filepath.Join(s.Sys.Root, volume, "namespace")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("token", name); err != nil {
		t.Fatal(err)
	}
}

func inProxyAnswer(t *testing.T, s session, token string) {
	s.answer(t, "127.0.0.1:8001", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server", token[len(token)-40:])
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","message":"upstream has seen %s"}`, token)
	})
}

var betweenPieces = regexp.MustCompile(`\\u[0-9a-f]{4}|\\[nrt]|[^-_A-Za-z0-9]`)

// pieceOf returns so many characters of the secret that stand in the text, with
// whatever between them that no token has, or "".
func pieceOf(length int, secret, text string) string {
	bare := betweenPieces.ReplaceAllString(text, "")
	for i := 0; i+length <= len(secret); i++ {
		if piece := secret[i : i+length]; strings.Contains(bare, piece) {
			return piece
		}
	}
	return ""
}
