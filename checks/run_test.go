package checks_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

func answering(id string, out checks.Outcome, needs ...string) *checks.Check {
	return &checks.Check{ID: id, Title: id, Needs: needs, Run: func(context.Context, *pod.System, *checks.Session, *observe.Log) checks.Outcome { return out }}
}

func runAll(ctx context.Context, limit time.Duration, list ...*checks.Check) []observe.Result {
	return slices.Collect(checks.Run(ctx, &pod.System{}, list, limit, nil))
}

// outline is what a test compares of results.
func outline(results []observe.Result) []string {
	var lines []string
	for _, r := range results {
		lines = append(lines, strings.TrimSpace(string(r.Status)+" "+r.ID+" "+r.BlockedBy))
	}
	return lines
}

func TestNeeds(t *testing.T) {
	fail, warn := checks.Outcome{Status: observe.Fail}, checks.Outcome{Status: observe.Warn}
	skip, pass := checks.Outcome{Status: observe.Skip}, checks.Outcome{Status: observe.Pass}
	for _, tc := range []struct {
		name string
		list []*checks.Check
		want []string
	}{
		{"a failure blocks", []*checks.Check{answering("a", fail), answering("b", pass, "a")}, []string{"fail a", "skip b a"}},
		{"the root is named", []*checks.Check{answering("a", fail), answering("b", pass, "a"), answering("c", pass, "b")}, []string{"fail a", "skip b a", "skip c a"}},
		{"a warning does not block", []*checks.Check{answering("a", warn), answering("b", pass, "a")}, []string{"warn a", "pass b"}},
		{"what does not apply does not block", []*checks.Check{answering("a", skip), answering("b", pass, "a")}, []string{"skip a", "pass b"}},
		{"a failure that goes on does not block", []*checks.Check{answering("a", checks.Outcome{Status: observe.Fail, NonBlocking: true}), answering("b", pass, "a")}, []string{"fail a", "pass b"}},
		{"what was left out blocks", []*checks.Check{answering("b", pass, "a"), answering("c", pass, "b")}, []string{"skip b a", "skip c a"}},
		{"what comes later blocks", []*checks.Check{answering("b", pass, "a"), answering("a", pass)}, []string{"skip b a", "pass a"}},
		{"what nobody needs runs", []*checks.Check{answering("a", fail), answering("b", pass)}, []string{"fail a", "pass b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := outline(runAll(t.Context(), time.Second, tc.list...))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("results differ (-want +got):\n%s", diff)
			}
		})
	}
}

func broke(r observe.Result) bool { return observe.Broken.Yes(r.Observations) }

func TestPanicIsItsOwnResult(t *testing.T) {
	broken := &checks.Check{ID: "broken", Run: func(context.Context, *pod.System, *checks.Session, *observe.Log) checks.Outcome {
		panic("no such luck")
	}}
	results := runAll(t.Context(), time.Second, broken, answering("next", checks.Outcome{Status: observe.Pass}))
	if r := results[0]; r.Status != observe.Fail || !broke(r) || !strings.Contains(r.Summary, "no such luck") {
		t.Errorf("got %+v, want a check that broke by itself and quotes the panic", r)
	}
	if results[1].Status != observe.Pass {
		t.Errorf("got %s for the check after it, want pass", results[1].Status)
	}
}

// TestPanicBesideACheck has a check's helper panic, with a check that waits for it
// and with one that does not.
func TestPanicBesideACheck(t *testing.T) {
	sys := &pod.System{
		Root: t.TempDir(),
		Env:  map[string]string{"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_SERVICE_PORT_HTTPS": "443"},
		Dial: func(context.Context, string, string) (net.Conn, error) { panic("no such luck") },
		Now:  time.Now,
	}
	if err := os.MkdirAll(filepath.Join(sys.Root, "etc"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(sys.Root, "etc/resolv.conf"), []byte("nameserver 10.96.0.10\nsearch svc.cluster.local\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"net.connect", "dns.servers"} {
		t.Run(id, func(t *testing.T) {
			list, err := checks.Select(append(checks.All(), checks.Probes()...), []string{id}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for r := range checks.Run(t.Context(), sys, list, 5*time.Second, nil) {
				if r.ID != id {
					continue
				}
				stack := fmt.Sprint(r.Evidence)
				if !broke(r) || !strings.Contains(r.Summary, "no such luck") || !strings.Contains(stack, "netprobe.Dial") && !strings.Contains(stack, "netprobe.Ask") {
					t.Errorf("got %+v, want a check that broke by itself and quotes the panic and names where it was", r)
				}
				if strings.Contains(stack, "0x") || strings.Contains(stack, "(0") {
					t.Errorf("got %s, want no arguments of functions", stack)
				}
			}
		})
	}
}

func TestCheckThatIgnoresItsEnd(t *testing.T) {
	synctest.Test(t, checkThatIgnoresItsEnd)
}

func checkThatIgnoresItsEnd(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	deaf := &checks.Check{ID: "deaf", Run: func(context.Context, *pod.System, *checks.Session, *observe.Log) checks.Outcome {
		<-release
		return checks.Outcome{Status: observe.Pass}
	}}
	start := time.Now()
	results := runAll(t.Context(), 5*time.Second, deaf, answering("next", checks.Outcome{Status: observe.Pass}))
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("the run took %s, want at most a second more than the check's limit", took)
	}
	if diff := cmp.Diff([]string{"fail deaf", "skip next deaf"}, outline(results)); diff != "" {
		t.Errorf("results differ (-want +got):\n%s", diff)
	}
	if !broke(results[0]) {
		t.Errorf("got %+v, want a check that broke by itself", results[0])
	}
}

func TestInterruptedRun(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cut := &checks.Check{ID: "cut", Run: func(ctx context.Context, _ *pod.System, _ *checks.Session, _ *observe.Log) checks.Outcome {
		cancel(errors.New("interrupted by SIGTERM"))
		<-ctx.Done()
		return checks.Outcome{Status: observe.Fail, Summary: "no answer"}
	}}
	results := runAll(ctx, time.Minute, answering("before", checks.Outcome{Status: observe.Pass}), cut, answering("after", checks.Outcome{Status: observe.Pass}))
	if diff := cmp.Diff([]string{"pass before", "skip cut", "skip after"}, outline(results)); diff != "" {
		t.Errorf("results differ (-want +got):\n%s", diff)
	}
	for _, r := range results[1:] {
		if !strings.Contains(r.Summary, "interrupted by SIGTERM") {
			t.Errorf("%s: got summary %q, want the interruption", r.ID, r.Summary)
		}
	}
}

func TestAllIsInOrder(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks.All() {
		if seen[c.ID] {
			t.Errorf("%s is listed twice", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: got title %q, want a sentence without a period", c.ID, c.Title)
		}
		for _, need := range c.Needs {
			if !seen[need] {
				t.Errorf("%s needs %s, which does not run before it", c.ID, need)
			}
		}
	}
	if len(seen) != 27 {
		t.Errorf("got %d checks, want 27", len(seen))
	}
}

func TestSelect(t *testing.T) {
	for _, tc := range []struct {
		name       string
		only, skip []string
		want       []string
		wantErr    string
	}{
		{name: "an id brings what it needs", only: []string{"dns.resolve"}, want: []string{"dns.config", "dns.servers", "dns.resolve"}},
		{name: "a glob", only: []string{"env.*"}, want: []string{"env.service", "env.proxy", "env.client"}},
		{name: "skip wins", only: []string{"env.*"}, skip: []string{"env.client"}, want: []string{"env.service", "env.proxy"}},
		{name: "a typo", only: []string{"dns.resolv"}, wantErr: `no check is named "dns.resolv"; did you mean "dns.resolve"?`},
		{name: "a typo in skip", skip: []string{"tls.cain"}, wantErr: `did you mean "tls.chain"?`},
		{name: "a broken glob", only: []string{"["}, wantErr: `no check is named "["`},
		{name: "nothing left", only: []string{"env.service"}, skip: []string{"*"}, wantErr: "no check is left to run"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := checks.Select(checks.All(), tc.only, tc.skip)
			if tc.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
					t.Fatalf("got error %v, want one with %q", err, tc.wantErr)
				}
				return
			}
			var got []string
			for _, c := range list {
				got = append(got, c.ID)
			}
			if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
				t.Errorf("got error %v, and a difference (-want +got):\n%s", err, diff)
			}
		})
	}
}
