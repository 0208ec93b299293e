//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// builtLauncher is kubectl-k8sdoctor, built once.
var builtLauncher = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "k8sdoctor-launcher-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "kubectl-k8sdoctor")
	if out, err := exec.Command("go", "build", "-o", file, "../cmd/kubectl-k8sdoctor").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
})

// launcher returns what makes a call of kubectl k8sdoctor.
func launcher(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	file, err := builtLauncher()
	if err != nil {
		t.Fatal(err)
	}
	return func(args ...string) *exec.Cmd { return exec.Command(file, args...) }
}
