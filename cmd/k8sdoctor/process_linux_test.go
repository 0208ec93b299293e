package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startSilent starts a run of some seconds and waits until the process is in
// main, which is when it forbids core files, whatever limit it started with.
func startSilent(t *testing.T) (command *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	command = exec.Command("k8sdoctor", "demo", "--fault", "net.api-blocked")
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

// TestSignals sends what makes other Go programs print their memory as well.
func TestSignals(t *testing.T) {
	for signal, name := range map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM", syscall.SIGQUIT: "SIGQUIT"} {
		t.Run(name, func(t *testing.T) {
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
