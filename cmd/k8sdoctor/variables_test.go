package main

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// TestEmptyVariablesAreNone tests manifests that leave a variable empty.
func TestEmptyVariablesAreNone(t *testing.T) {
	for _, flag := range append(commands.RunFlags(), checkCommand().Flags...) {
		for _, name := range flag.(cli.DocGenerationFlag).GetEnvVars() {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBECONFIG", "")
	for _, tc := range []struct{ name, args, want string }{
		{"demo", "demo", "this pod can use the API server"},
		{"demo as JSON", "demo -o json", `"status": "pass"`},
		{"check", "check --only env.client --termination-log=", "ok environment no kubeconfig"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, stdout, stderr := call(t.Context(), strings.Fields(tc.args)...)
			if status != 0 || stderr != "" || !strings.Contains(strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(tc.want), " ")) {
				t.Errorf("got status %d, %q and\n%s\nwant 0 and %q", status, stderr, stdout, tc.want)
			}
		})
	}
}
