package lab

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
)

// TestNonRoot tests the faults that mean nothing to root, as nobody.
func TestNonRoot(t *testing.T) {
	if os.Getuid() != 0 {
		testFaults(t, slices.DeleteFunc(Faults(), func(f Fault) bool { return !f.NonRoot }))
		return
	}
	child := exec.Command("/proc/self/exe", "-test.run=^TestNonRoot$")
	child.Dir = "/"
	child.Env = append(os.Environ(), "TMPDIR=/tmp")
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
