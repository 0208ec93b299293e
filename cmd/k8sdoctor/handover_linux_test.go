package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// takenIn is a copy of the program that was taken into a container, as it is started there.
func takenIn(t *testing.T, args ...string) (cmd *exec.Cmd, file string) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "k8sdoctor")
	if err := os.WriteFile(file, program, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(file, append([]string{"check", "--handover"}, args...)...)
	cmd.Env = append(os.Environ(), "GORACE="+atOnce)
	return cmd, file
}

// started starts it with pipes, which its launcher holds.
func started(t *testing.T, cmd *exec.Cmd) (stdin io.WriteCloser, stdout io.Reader) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err = cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return stdin, stdout
}

func gone(t *testing.T, file string) {
	t.Helper()
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", file, err)
	}
}

func TestHandover(t *testing.T) {
	t.Parallel()
	cmd, file := takenIn(t, "--only", "env.client")
	stdin, stdout := started(t, cmd)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	data, err := handover.Read(ctx, stdout, stdin)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := report.Read(bytes.NewReader(data)); err != nil || len(r.Results) != 1 || r.Results[0].ID != "env.client" {
		t.Errorf("got %v, %v, want the report of env.client", r.Results, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("got %v, want status 0", err)
	}
	gone(t, file)
}

// TestHandoverEndsWithTheLauncher closes its end of the streams in the middle of a run, as a
// launcher does that is killed.
func TestHandoverEndsWithTheLauncher(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp", "127.0.0.1:0") // whose connections nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	silent, file := takenIn(t, "--only", "tls.host")
	silent.Env = append(silent.Env, "KUBERNETES_SERVICE_HOST=127.0.0.1", fmt.Sprintf("KUBERNETES_SERVICE_PORT=%d", server.Addr().(*net.TCPAddr).Port))
	stdin, _ := started(t, silent)
	deadline := time.Now().Add(time.Minute)
	for _, err := os.Stat(file); err == nil && time.Now().Before(deadline); _, err = os.Stat(file) {
		time.Sleep(10 * time.Millisecond)
	}
	gone(t, file) // while it runs
	closed := time.Now()
	stdin.Close()
	ended := make(chan error, 1)
	go func() { ended <- silent.Wait() }()
	select {
	case err := <-ended:
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != commands.NoResult {
			t.Errorf("got %v, want status 2", err)
		}
		t.Logf("it ended %s after its launcher", time.Since(closed))
	case <-time.After(time.Minute):
		silent.Process.Kill()
		t.Error("it still runs a minute after its launcher is gone")
	}
}

// TestAttachedDoctorWaits for the launcher: what it writes before is lost.
func TestAttachedDoctorWaits(t *testing.T) {
	t.Parallel()
	cmd, file := takenIn(t, "--attached", "--only", "env.service")
	stdin, stdout := started(t, cmd)
	came := make(chan []byte, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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
	cmd.Wait()
	gone(t, file)
}

// TestAttachedDoctorEnds when the launcher is gone before it has sent anything.
func TestAttachedDoctorEnds(t *testing.T) {
	t.Parallel()
	command, file := takenIn(t, "--attached", "--only", "env.service")
	stdin, stdout := started(t, command)
	kill := time.AfterFunc(time.Minute, func() { command.Process.Kill() })
	defer kill.Stop()
	stdin.Close()
	data, err := io.ReadAll(stdout)
	command.Wait()
	if got := command.ProcessState.ExitCode(); got != 2 || len(data) > 0 || err != nil {
		t.Errorf("got status %d, %q and %v, want 2 and nothing", got, data, err)
	}
	gone(t, file)
}
