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
		mounts      string // the mount namespace of process 1
		own, want   map[string]string
		names       []string
	}{
		{
			"exported and removed", "PATH=/bin|HTTPS_PROXY=http://proxy:3128|no_proxy=.svc|KUBERNETES_SERVICE_HOST=10.96.0.1|SECRET=x|", "mnt:[1]",
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443", "HOME": "/"},
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "HOME": "/", "HTTPS_PROXY": "http://proxy:3128", "no_proxy": ".svc"},
			[]string{"KUBERNETES_SERVICE_PORT", "HTTPS_PROXY", "no_proxy"},
		},
		{
			"changed", "PATH=/bin|KUBERNETES_SERVICE_HOST=10.0.0.9|", "mnt:[1]", map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"},
			map[string]string{"KUBERNETES_SERVICE_HOST": "10.0.0.9"}, []string{"KUBERNETES_SERVICE_HOST"},
		},
		{"the same", "PATH=/bin|HTTP_PROXY=x|", "mnt:[1]", map[string]string{"HTTP_PROXY": "x"}, map[string]string{"HTTP_PROXY": "x"}, nil},
		{"not readable", "", "mnt:[1]", map[string]string{"HTTP_PROXY": "x"}, map[string]string{"HTTP_PROXY": "x"}, nil},
		{"the pause container's", "PATH=/bin|", "mnt:[2]", map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, nil},
		{"written over by a title", "nginx: master process|", "mnt:[1]", map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1"}, nil},
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
			for of, namespace := range map[string]string{"1": tc.mounts, "self": "mnt:[1]"} {
				dir := filepath.Join(root, "proc", of, "ns")
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(namespace, filepath.Join(dir, "mnt")); err != nil {
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
