package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// handedOver starts the program with --handover: a copy of it, as it removes its file.
func handedOver(t *testing.T, args ...string) (command *exec.Cmd, stdin io.WriteCloser, stdout io.Reader) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "k8sdoctor")
	if err := os.WriteFile(file, program, 0o700); err != nil {
		t.Fatal(err)
	}
	command = exec.Command(file, append([]string{"check", "--handover", "--only", "env.service"}, args...)...)
	if stdin, err = command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if stdout, err = command.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is still there", file)
		}
	})
	return command, stdin, stdout
}

// TestAttachedDoctorWaits for the launcher: what it writes before is lost.
func TestAttachedDoctorWaits(t *testing.T) {
	t.Parallel()
	_, stdin, stdout := handedOver(t, "--attached")
	came := make(chan []byte, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		data, err := handover.Read(ctx, stdout, stdin)
		if err != nil {
			t.Errorf("got %v, want a report", err)
		}
		came <- data
	}()
	select {
	case data := <-came:
		t.Fatalf("got %q before the launcher sent a line", data)
	case <-time.After(500 * time.Millisecond):
	}
	io.WriteString(stdin, "attached\n")
	r, err := report.Read(bytes.NewReader(<-came))
	if err != nil || len(r.Results) != 1 {
		t.Errorf("got %v and %+v, want a report of one check", err, r.Results)
	}
}

// TestAttachedDoctorEnds when the launcher is gone before it has sent anything.
func TestAttachedDoctorEnds(t *testing.T) {
	t.Parallel()
	command, stdin, stdout := handedOver(t, "--attached")
	kill := time.AfterFunc(10*time.Second, func() { command.Process.Kill() })
	defer kill.Stop()
	stdin.Close()
	data, err := io.ReadAll(stdout)
	command.Wait()
	if got := command.ProcessState.ExitCode(); got != 2 || len(data) > 0 || err != nil {
		t.Errorf("got status %d, %q and %v, want 2 and nothing", got, data, err)
	}
}
