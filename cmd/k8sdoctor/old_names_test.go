package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldNamesStillWork holds that scripts with earlier names of flags and variables
// go on as before.
func TestOldNamesStillWork(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.json")
	const probe = `"id": "probe.foreign"`
	foreign := "demo -o json --fault net.api-down --only net.connect,probe.foreign"
	quiet := "check --only env.client --termination-log= "
	for _, tc := range []struct {
		name, args     string
		variable, text string // "" for none
		status         int
		want, absent   string
	}{
		{"neither", foreign, "", "", 1, probe, "no such text"},
		{"--no-external-probes", foreign + " --no-external-probes", "", "", 1, "net.api-down", probe},
		{"--no-foreign-probes", foreign + " --no-foreign-probes", "", "", 1, "net.api-down", probe},
		{"NO_FOREIGN_PROBES", foreign, "K8SDOCTOR_NO_FOREIGN_PROBES", "true", 1, "net.api-down", probe},
		{"--endpoints-from", quiet + "--endpoints-from " + none, "", "", 2, "k8sdoctor: --endpoints-from: open ", probe},
		{"--earlier", quiet + "--earlier " + none, "", "", 2, "k8sdoctor: --endpoints-from: open ", probe},
		{"EARLIER", quiet, "K8SDOCTOR_EARLIER", none, 2, "k8sdoctor: --endpoints-from: open ", probe},
		{"--can-i", quiet + "--can-i nonsense", "", "", 2, "k8sdoctor: --can-i: ", probe},
		{"--can", quiet + "--can nonsense", "", "", 2, "k8sdoctor: --can-i: ", probe},
		{"CAN", quiet, "K8SDOCTOR_CAN", "nonsense", 2, "k8sdoctor: --can-i: ", probe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.variable != "" {
				t.Setenv(tc.variable, tc.text)
			}
			status, stdout, stderr := call(t.Context(), strings.Fields(tc.args)...)
			if status != tc.status || !strings.Contains(stdout+stderr, tc.want) || strings.Contains(stdout, tc.absent) {
				t.Errorf("got status %d, %q and\n%s\nwant %d, %q and no %q", status, stderr, stdout, tc.status, tc.want, tc.absent)
			}
		})
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a file that is only read was written")
	}
	_, help, _ := call(t.Context(), "check", "--help")
	for _, old := range []string{"--can ", "earlier", "EARLIER", "foreign", "FOREIGN"} {
		if strings.Contains(help, old) {
			t.Errorf("got %q in the help, want the new names alone:\n%s", old, help)
		}
	}
}
