package lab

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// TestDeniedFiles tests modes of files that mean nothing to root, as nobody.
func TestDeniedFiles(t *testing.T) {
	if os.Getuid() == 0 {
		child := exec.Command("/proc/self/exe", "-test.run=^TestDeniedFiles$")
		child.Dir = "/"
		child.Env = append(os.Environ(), "TMPDIR=/tmp")
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("as nobody: %v\n%s", err, out)
		}
		return
	}
	for _, test := range []struct{ file, check, want, says string }{
		{"token", "volume.token", "fail volume.token-denied", "permission denied"},
		{"ca.crt", "volume.ca", "fail volume.token-denied", "permission denied: --w-------"},
		{"namespace", "volume.namespace", "warn volume.namespace-missing", "permission denied"},
	} {
		t.Run(test.file, func(t *testing.T) {
			o := world{only: []string{"volume.*"}, change: func(p *plan) { p.volume.files[test.file].mode = 0o200 }}.look(t)
			r := o.of(test.check)
			if got := string(r.Status) + " " + r.Code; got != test.want || !strings.Contains(r.Summary, test.says) {
				t.Errorf("got %s: %s, want %s with %q", got, r.Summary, test.want, test.says)
			}
			for _, other := range o.results {
				if other.ID != test.check && other.Status == checks.Fail {
					t.Errorf("%s: got %s: %s, want no failure", other.ID, other.Code, other.Summary)
				}
			}
		})
	}
}
