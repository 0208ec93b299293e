package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// startSilent starts a run of some seconds.
func startSilent(t *testing.T) (command *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	return startProcess(t, nil, "demo", "--fault", "net.api-blocked")
}

// startProcess starts a run and waits until the process is in main, which is when it
// forbids core files, whatever limit it started with.
func startProcess(t *testing.T, stdin io.Reader, args ...string) (command *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	command = exec.Command("k8sdoctor", args...)
	command.Stdin = stdin
	command.Stdout, command.Stderr = stdout, stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`(?m)^Max core file size +[01] +[01] `)
	var limits []byte
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var err error
		if limits, err = os.ReadFile(fmt.Sprintf("/proc/%d/limits", command.Process.Pid)); err != nil {
			t.Fatal(err)
		}
		if want.Match(limits) {
			return command, stdout, stderr
		}
	}
	command.Process.Kill()
	command.Wait()
	t.Fatalf("got\n%s\nwant a core file size of at most one byte", limits)
	return nil, nil, nil
}

// TestSignalWhileAReportIsReadFrom has a report that never ends.
func TestSignalWhileAReportIsReadFrom(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"diagnose", "-"}, {"explain", "tls.expired", "--from", "-"}, {"check", "--endpoints-from", "-"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			stdin, open, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			defer open.Close()
			command, _, stderr := startProcess(t, stdin, args...)
			time.Sleep(500 * time.Millisecond)
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			kill := time.AfterFunc(20*time.Second, func() { command.Process.Kill() })
			defer kill.Stop()
			command.Wait()
			if got := command.ProcessState.ExitCode(); got != commands.NoResult || !strings.Contains(stderr.String(), "interrupted by SIGTERM") {
				t.Errorf("got status %d and %q, want %d and the signal", got, stderr, commands.NoResult)
			}
		})
	}
}

// TestSignals sends what makes other Go programs print their memory as well.
func TestSignals(t *testing.T) {
	t.Parallel()
	for signal, name := range map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM", syscall.SIGQUIT: "SIGQUIT"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, stdout, stderr := startSilent(t)
			time.Sleep(500 * time.Millisecond)
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			err := command.Wait()
			if !strings.Contains(stdout.String(), "interrupted by "+name) || stderr.Len() > 0 {
				t.Errorf("got %v, %q and\n%s\nwant a report that names the signal", err, stderr, stdout)
			}
		})
	}
}
