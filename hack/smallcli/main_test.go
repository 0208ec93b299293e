package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopyHasNoTemplates reads the library as go.mod has it.
func TestCopyHasNoTemplates(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), file))
	if err != nil {
		t.Fatal(err)
	}
	got, err := without(source)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), `"text/template"`) || strings.Contains(string(got), `"text/template"`) || !strings.Contains(string(got), "func "+printer) {
		t.Errorf("the copy still imports text/template, or the printer is gone:\n%.600s", got)
	}
}

func TestAnotherLibraryIsAnError(t *testing.T) {
	if _, err := without([]byte("package cli\n\nfunc printHelp() {}\n")); err == nil || !strings.Contains(err.Error(), printer) {
		t.Errorf("got %v, want that the printer is missing", err)
	}
}
