package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

const crashSecret = "Xk7Qv2Lm9RtB4wZs8HdYc3"

// crashingMain is main with a bug in a goroutine of a library, of the kind that
// $CRASH names.
func crashingMain() {
	secret := []byte(crashSecret)
	go func() {
		time.Sleep(200 * time.Millisecond)
		crash(os.Getenv("CRASH"), [22]byte(secret))
	}()
	main()
}

//go:noinline
func crash(kind string, secret [22]byte) int {
	switch kind {
	case "none":
		log.Print(string(secret[:]))
		fmt.Fprintln(os.Stderr, string(secret[:]))
		println(string(secret[:]))
	case "panic":
		panic("cannot send " + string(secret[:]))
	case "nil":
		var p *[22]byte
		*p = secret
	case "stack":
		return crash(kind, secret) + crash(kind, secret)
	case "map":
		m := map[string]string{}
		for range 2 {
			go func() {
				for {
					m[string(secret[:])] = string(secret[:])
				}
			}()
		}
	}
	return int(secret[0])
}

// TestCrashShowsNoMemory lets the process die in ways that no deferred function
// sees.
func TestCrashShowsNoMemory(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"panic", "nil", "stack", "map"} {
		for _, traceback := range []string{"", "all", "system", "crash"} {
			t.Run(kind+" "+traceback, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				command := exec.Command("crashing-k8sdoctor", "demo", "--fault", "net.egress-blocked", "--check-timeout", "2m", "--timeout", "2m") // it waits for the crash
				command.Dir, command.Env = dir, append(os.Environ(), "TMPDIR="+dir, "CRASH="+kind, "GOTRACEBACK="+traceback)
				output, err := command.CombinedOutput()
				if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() == commands.Fine || exit.ExitCode() == commands.Found {
					t.Errorf("got %v, want a process that has died", err)
				}
				if len(output) != 0 {
					t.Errorf("got %q, want not a byte", output)
				}
			})
		}
	}
}

// TestLibrariesAreNotHeard has something log by all the ways there are.
func TestLibrariesAreNotHeard(t *testing.T) {
	t.Parallel()
	command := exec.Command("crashing-k8sdoctor", "demo", "--fault", "net.api-blocked", "--timeout", "700ms")
	command.Env = append(os.Environ(), "CRASH=none")
	output, err := command.CombinedOutput()
	if text := string(output); strings.Contains(text, crashSecret) || !strings.Contains(text, "--timeout 700ms is over") {
		t.Errorf("got %v and\n%s\nwant a report without what was logged", err, text)
	}
}

// brokenWriter panics with what is written to it.
type brokenWriter struct{}

func (brokenWriter) Write(data []byte) (int, error) { panic(fmt.Sprintf("cannot write %q", data)) }

func TestCrashIsSaidInOneLine(t *testing.T) {
	var stderr bytes.Buffer
	status := commands.Run(t.Context(), newApp(brokenWriter{}, &stderr), []string{"k8sdoctor", "list"})
	line := stderr.String()
	if status != commands.NoResult || !strings.HasPrefix(line, "k8sdoctor: crashed at k8sdoctor.brokenWriter.Write crash_test.go:") || strings.Count(line, "\n") != 1 || !strings.Contains(line, "https://github.com/k8sdoctor/k8sdoctor/issues") {
		t.Errorf("got status %d and %q, want 2 and one line that says where", status, line)
	}
	if strings.Contains(line, "PROVES") {
		t.Errorf("got %q, want nothing of what was being written", line)
	}
}
