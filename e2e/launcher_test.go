//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// launcherBinary is kubectl-k8sdoctor, built once.
var launcherBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kubectl-k8sdoctor")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "kubectl-k8sdoctor")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/kubectl-k8sdoctor").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
})

// launcher returns what makes a call of kubectl k8sdoctor with the doctor of this build.
func launcher(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	binary, err := launcherBinary()
	if err != nil {
		t.Fatal(err)
	}
	return func(args ...string) *exec.Cmd {
		return exec.Command(binary, append(args, "--doctor", "../build/k8sdoctor-linux-"+runtime.GOARCH)...)
	}
}
