package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSavedReportNamesTheEndpoints(t *testing.T) {
	status, stdout, stderr := call(t.Context(), "demo", "-o", "json")
	if status != 0 {
		t.Fatalf("got status %d, %s", status, stderr)
	}
	name := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(name, []byte(stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := endpointsFromReport(t.Context(), name, nil)
	if err != nil || len(got) != 1 || got[0].String() != "172.18.0.2:6443" {
		t.Errorf("got %v, %v, want the control plane's address", got, err)
	}
	if err := os.WriteFile(name, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := endpointsFromReport(t.Context(), name, nil); err == nil {
		t.Errorf("got %v, want an error for what is no report", got)
	}
}
