package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStarvedProcess stops the whole program again and again, as a CPU limit, a
// node that is full or a machine that is moved do. What is slow then is the
// program: a healthy pod stays healthy, and what answers is not called silent,
// and what answers late is called slow.
func TestStarvedProcess(t *testing.T) {
	start := time.Now()
	starve(t, []string{"k8sdoctor", "demo"}, time.Minute, 0)
	healthy := time.Since(start) // on this machine, with nothing in its way
	for _, tc := range []struct {
		name, fault, limit string
		slices             time.Duration // in how many turns a healthy run gets its time
		stopped            time.Duration // between two turns
		want               string        // "code confidence" of the first cause, "" for none
	}{
		{"stands still for seconds", "", "1s", 4, 1100 * time.Millisecond, ""},
		{"has little CPU", "", "100ms", 10, 80 * time.Millisecond, ""},
		{"is refused", "net.host-prohibited", "1s", 2, 1100 * time.Millisecond, "net.host-prohibited"},
		{"waits for a slow server", "api.slow", "5s", 10, 80 * time.Millisecond, "api.slow"},
		{"is silent", "net.api-blocked", "300ms", 1, 100 * time.Millisecond, "net.api-blocked"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"k8sdoctor", "demo", "-o", "json", "--check-timeout", tc.limit, "--timeout", "10m"}
			if tc.fault != "" {
				args = append(args, "--fault", tc.fault)
			}
			out := starve(t, args, healthy/tc.slices, tc.stopped)
			var report struct {
				Incomplete string
				Results    []struct {
					ID, Status, Code, Summary string
					Observations              map[string]any
				}
				Verdict struct {
					Causes []struct{ Code, Confidence string }
				}
			}
			if err := json.Unmarshal(out, &report); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			want := tc.want
			if want != "" {
				want += " likely"
			}
			for _, c := range report.Results {
				if want != "" && c.Observations["process.starved"] == true {
					want = tc.want + " possible"
				}
			}
			got := ""
			for i, c := range report.Verdict.Causes {
				// What took long is ambiguous: of several possible causes, any may come first.
				if text := c.Code + " " + c.Confidence; i == 0 || text == want && strings.HasSuffix(want, "possible") && strings.HasSuffix(got, "possible") {
					got = text
				}
			}
			if got != want || report.Incomplete != "" {
				t.Errorf("got %q (%s), want %q", got, report.Incomplete, want)
				for _, c := range report.Results {
					if c.Status == "warn" || c.Status == "fail" {
						t.Logf("%s: %s", c.ID, c.Summary)
					}
				}
			}
		})
	}
}

// starve runs the program, which has the CPU for run and then stands still for
// stopped, in turns; it returns what the program printed.
func starve(t *testing.T, args []string, run, stopped time.Duration) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	program := &exec.Cmd{Path: "/proc/self/exe", Args: args, Env: append(os.Environ(), "GORACE="+atOnce), Stdout: &stdout, Stderr: &stderr}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	for {
		select {
		case err := <-ended:
			if _, byStatus := err.(*exec.ExitError); err != nil && !byStatus || stderr.Len() > 0 {
				t.Fatalf("%v: %s", err, stderr.String())
			}
			return stdout.Bytes()
		case <-time.After(run):
			program.Process.Signal(syscall.SIGSTOP)
			time.Sleep(stopped)
			program.Process.Signal(syscall.SIGCONT)
		}
	}
}
