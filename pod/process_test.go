package pod

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAdoptFirst has an entrypoint that exported a proxy and took a variable away.
func TestAdoptFirst(t *testing.T) {
	for _, tc := range []struct {
		name, first string // with | for NUL
		own, want   map[string]string
		names       []string
	}{
		{
			"exported and removed", "HTTPS_PROXY=http://proxy:3128|no_proxy=.svc|KUBERNETES_SERVICE_HOST=10.96.0.1|SECRET=x|",
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443", "HOME": "/"},
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "HOME": "/", "HTTPS_PROXY": "http://proxy:3128", "no_proxy": ".svc"},
			[]string{"KUBERNETES_SERVICE_PORT", "HTTPS_PROXY", "no_proxy"},
		},
		{
			"changed", "KUBERNETES_SERVICE_HOST=10.0.0.9|", map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"},
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.9"}, []string{"KUBERNETES_SERVICE_HOST"},
		},
		{"the same", "HTTP_PROXY=x|", map[string]string{"HTTP_PROXY": "x"}, map[string]string{"HTTP_PROXY": "x"}, nil},
		{"not readable", "", map[string]string{"HTTP_PROXY": "x"}, map[string]string{"HTTP_PROXY": "x"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			if tc.first != "" {
				if err := os.MkdirAll(filepath.Join(root, "proc/1"), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(root, "proc/1/environ"), []byte(strings.ReplaceAll(tc.first, "|", "\x00")), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sys := &System{Root: root, Env: tc.own}
			names := AdoptFirst(sys)
			if diff := cmp.Diff(tc.want, sys.Env) + cmp.Diff(tc.names, names); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
