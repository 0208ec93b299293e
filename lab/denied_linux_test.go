package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
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
	for _, test := range []struct{ file, check, want, says, seen string }{
		{"token", "volume.token", "fail", "permission denied", "volume.token denied-by-mode"},
		{"ca.crt", "volume.ca", "fail", "permission denied: --w-------", "volume.ca denied-by-mode"},
		{"namespace", "volume.namespace", "warn", "permission denied", "volume.namespace unreadable"},
	} {
		t.Run(test.file, func(t *testing.T) {
			o := world{only: []string{"volume.*"}, change: func(p *plan) { p.volume.files[test.file].mode = 0o200 }}.look(t)
			r := o.of(test.check)
			if got := string(r.Status); got != test.want || !strings.Contains(r.Summary, test.says) {
				t.Errorf("got %s: %s, want %s with %q", got, r.Summary, test.want, test.says)
			}
			recording{want: []string{test.seen}}.compare(t, o, "volume")
			for _, other := range o.results {
				if other.ID != test.check && other.Status == observe.Fail {
					t.Errorf("%s: %s, want no failure", other.ID, other.Summary)
				}
			}
		})
	}
}

// TestDeniedDirectories tests modes of the directories above the files, as nobody.
func TestDeniedDirectories(t *testing.T) {
	if os.Getuid() == 0 {
		child := exec.Command("/proc/self/exe", "-test.run=^TestDeniedDirectories$")
		child.Dir = "/"
		child.Env = append(os.Environ(), "TMPDIR=/tmp")
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("as nobody: %v\n%s", err, out)
		}
		return
	}
	const noToken, noNamespace = "volume.token fail", "volume.namespace warn"
	for _, test := range []struct {
		name, dir  string
		only       string
		want, seen []string
	}{
		{
			"the volume's own", volumeDir, "volume.*",
			[]string{"volume.ca fail", noNamespace, noToken},
			[]string{"volume.token denied-above", "volume.ca denied-above", "volume.namespace unreadable", "volume.mount"},
		},
		{"one above", filepath.Dir(volumeDir), "volume.*", []string{"volume.token fail"}, []string{"volume.mount denied", "volume.token"}},
		{"one above, and the token is not looked at", filepath.Dir(volumeDir), "volume.ca", []string{"volume.ca fail"}, []string{"volume.mount denied", "volume.ca"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := world{only: []string{test.only}, after: func(pod *Pod) error {
				dir := filepath.Join(pod.System.Root, test.dir)
				t.Cleanup(func() { os.Chmod(dir, 0o755) })
				return os.Chmod(dir, 0o600)
			}}.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			recording{want: test.seen}.compare(t, o, "volume")
		})
	}
}
