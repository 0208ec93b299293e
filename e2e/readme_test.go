package e2e

import (
	"os"
	"strings"
	"testing"
)

// The line that people copy is the line that runs on the cluster.
func TestReadmeShowsKubectlRun(t *testing.T) {
	script, err := os.ReadFile("../hack/kubectl-run.sh")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, line, found := strings.Cut(string(script), "\nkubectl run ")
	if !found || !strings.Contains(string(readme), "\nkubectl run "+line) {
		t.Errorf("README.md does not show the command of hack/kubectl-run.sh:\nkubectl run %s", line)
	}
}
