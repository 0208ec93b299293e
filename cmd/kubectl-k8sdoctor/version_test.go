package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch"
)

func TestVersion(t *testing.T) {
	own := runtime.GOOS + "/" + runtime.GOARCH
	var stdout, stderr bytes.Buffer
	if status := commands.Run(t.Context(), newApp(&stdout, &stderr), []string{"kubectl-k8sdoctor", "version"}); status != commands.Fine {
		t.Errorf("got status %d and %q", status, stderr.String())
	}
	if want := "Launcher Version: dev (" + own + ")\nDoctor Version: none (this build carries no k8sdoctor)\n"; stdout.String() != want {
		t.Errorf("got %q, want %q", stdout.String(), want)
	}
	for _, args := range [][]string{{"version", "-o", "xml"}, {"version", "pod/web"}} {
		if status := commands.Run(t.Context(), newApp(&stdout, &stderr), append([]string{"kubectl-k8sdoctor"}, args...)); status != commands.NoResult {
			t.Errorf("%q: got status %d, want that it is refused", args, status)
		}
	}
}

func TestVersionForPrograms(t *testing.T) {
	for format, read := range map[string]func([]byte, any) error{"json": json.Unmarshal, "yaml": func(data []byte, into any) error { return yaml.Unmarshal(data, into) }} {
		data, err := versionsOf(launch.Doctors{{Arch: "arm64", Data: []byte("x")}}).text(format)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := read(data, &got); err != nil {
			t.Fatal(err)
		}
		doctor := got["doctors"].([]any)[0].(map[string]any)
		if got["launcher"].(map[string]any)["version"] != "dev" || doctor["platform"] != "linux/arm64" || doctor["version"] != "unknown" {
			t.Errorf("got\n%s", data)
		}
	}
}
