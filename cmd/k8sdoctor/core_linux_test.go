package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNoCoreFile looks at the limits of a process that started with whatever
// limit it may have.
func TestNoCoreFile(t *testing.T) {
	command := exec.Command("k8sdoctor", "demo", "--fault", "net.api-blocked")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Wait()
	defer command.Process.Signal(unix.SIGTERM)
	want := regexp.MustCompile(`(?m)^Max core file size +[01] +[01] `)
	var limits []byte
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var err error
		if limits, err = os.ReadFile(fmt.Sprintf("/proc/%d/limits", command.Process.Pid)); err != nil {
			t.Fatal(err)
		}
		if want.Match(limits) {
			return
		}
	}
	t.Errorf("got\n%s\nwant a core file size of at most one byte", limits)
}
