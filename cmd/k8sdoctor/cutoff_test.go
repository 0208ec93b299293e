package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestInterruptedLaterAttempt ends --wait in its second run: what the first has
// found stands.
func TestInterruptedLaterAttempt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		first      observe.Status
		failOnWarn bool
		want       int
		status     observe.Status
	}{
		{"after a failure", observe.Fail, false, commands.Found, observe.Fail},
		{"after a warning that counts", observe.Warn, true, commands.Found, observe.Warn},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			attempts := 0
			trial := &checks.Check{ID: "trial", Title: "the trial passes", Run: func(ctx context.Context, _ *pod.System, _ *checks.Session, _ *observe.Log) checks.Outcome {
				if attempts++; attempts == 2 {
					cancel(errors.New("interrupted by SIGTERM"))
					<-ctx.Done()
				}
				return checks.Outcome{Status: tc.first, Summary: "10.96.0.1:443: connection refused"}
			}}
			var stdout bytes.Buffer
			s := &commands.Session{
				Output: commands.Output{Stdout: &stdout, Format: report.Formats()[0], FailOnWarn: tc.failOnWarn},
				Sys:    &pod.System{}, List: []*checks.Check{trial}, Limit: time.Minute, CheckLimit: time.Minute,
			}
			r := s.RunUntil(ctx, time.Now().Add(time.Minute))
			if got := s.Status(r); got != tc.want {
				t.Errorf("got status %d, want %d", got, tc.want)
			}
			if got := r.Results[0]; got.Status != tc.status || r.Incomplete != "interrupted by SIGTERM" {
				t.Errorf("got %s, incomplete %q, want the result of the first attempt and what ended the second", got.Status, r.Incomplete)
			}
			if len(r.Verdict.Causes) == 0 || r.Verdict.Causes[0].Code != "trial" {
				t.Errorf("got causes %v, want trial", r.Verdict.Causes)
			}
		})
	}
}

// TestCutOffRunDoesNotPass ends a run before anything is found.
func TestCutOffRunDoesNotPass(t *testing.T) {
	args := []string{"demo", "--fault", "net.api-blocked", "--timeout", "2s"}
	status, stdout, _ := call(t.Context(), append(args, "-o", "json")...)
	var r report.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if status != commands.NoResult || r.Status == observe.Pass || r.Incomplete == "" {
		t.Errorf("got exit status %d, status %s, incomplete %q, want 2, no pass, and what ended the run", status, r.Status, r.Incomplete)
	}
	if message := string(report.TerminationMessage(r)); strings.Contains(message, `"status":"pass"`) {
		t.Errorf("got termination message %s, want no pass", message)
	}
	if text := string(report.TerminationText(r)); strings.HasPrefix(text, "PASS") || !strings.Contains(text, r.Incomplete) {
		t.Errorf("got termination text %s, want no pass, and what ended the run", text)
	}
	status, stdout, _ = call(t.Context(), args...)
	if status != commands.NoResult || strings.Contains(stdout, "healthy") {
		t.Errorf("got exit status %d and\n%s\nwant 2, and not healthy", status, stdout)
	}
	if !strings.Contains(stdout, "--timeout 2s is over") {
		t.Errorf("got\n%s\nwant what ended the run", stdout)
	}
}

// TestOverrideThatWorks tests that a host that somebody has set on purpose does
// not make the exit status 1.
func TestOverrideThatWorks(t *testing.T) {
	s, stdout := simulated(t), &bytes.Buffer{}
	s.Stdout = stdout
	s.Sys.Env["KUBERNETES_SERVICE_HOST"] = "172.18.0.2" // a SAN of the simulated server
	s.redirect("172.18.0.2:443", "10.96.0.1:443")
	r := s.RunUntil(t.Context(), time.Time{})
	if got := s.Status(r); got != commands.Fine {
		t.Errorf("got status %d, want 0", got)
	}
	if err := s.Show(r); err != nil || !strings.Contains(stdout.String(), "WARN environment     KUBERNETES_SERVICE_HOST is 172.18.0.2") {
		t.Errorf("got %v and\n%s\nwant a warning of env.service", err, stdout)
	}
}
