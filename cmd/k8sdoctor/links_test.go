package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDoctorStaysSmall keeps what only the launcher needs out of the program that goes
// into pods.
func TestDoctorStaysSmall(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "k8s.io/client-go/rest\n") {
		t.Fatalf("got no client-go in\n%s", out)
	}
	for _, unwanted := range []string{
		"k8s.io/cli-runtime/", "k8s.io/client-go/kubernetes/", "k8s.io/client-go/tools/clientcmd/\n", "k8s.io/client-go/tools/remotecommand/", "k8s.io/api/networking/",
		"github.com/k8sdoctor/k8sdoctor/launch/", "github.com/k8sdoctor/k8sdoctor/netpolicy/",
	} {
		for pkg := range strings.Lines(string(out)) {
			if strings.HasPrefix(strings.TrimSpace(pkg)+"/\n", unwanted) {
				t.Errorf("the program links %s", pkg)
			}
		}
	}
}
