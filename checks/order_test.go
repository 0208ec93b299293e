package checks_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// beginnings are when checks have begun.
type beginnings struct {
	start time.Time
	mu    sync.Mutex
	of    map[string]time.Duration
}

func newBeginnings() *beginnings {
	return &beginnings{start: time.Now(), of: map[string]time.Duration{}}
}

// taking is a check that takes a while, and notes when it begins.
func (b *beginnings) taking(takes time.Duration, id string, needs ...string) *checks.Check {
	return &checks.Check{ID: id, Needs: needs, Run: func(ctx context.Context, _ *pod.System, _ *checks.Session, _ *observe.Log) checks.Outcome {
		b.mu.Lock()
		b.of[id] = time.Since(b.start)
		b.mu.Unlock()
		select {
		case <-time.After(takes):
		case <-ctx.Done():
		}
		return checks.Outcome{Status: observe.Pass}
	}}
}

// learning is a check that passes, and writes to the session or reads it.
func learning(id string, what func(*checks.Session), needs ...string) *checks.Check {
	return &checks.Check{ID: id, Needs: needs, Run: func(_ context.Context, _ *pod.System, session *checks.Session, _ *observe.Log) checks.Outcome {
		what(session)
		return checks.Outcome{Status: observe.Pass}
	}}
}

// TestAside has a check that runs aside and takes three seconds.
func TestAside(t *testing.T) {
	for _, tc := range []struct {
		name, host string
		want       map[string]time.Duration // when each begins
	}{
		{"an address", "192.0.2.1", map[string]time.Duration{"aside": 0, "needs it": 3 * time.Second, "next": 0, "last": time.Second}},
		{"a name, which takes DNS", "api.example", map[string]time.Duration{"aside": 0, "needs it": 3 * time.Second, "next": 4 * time.Second, "last": 5 * time.Second}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := newBeginnings()
				host := learning("host", func(s *checks.Session) { s.Host = tc.host })
				aside, needsIt := begun.taking(3*time.Second, "aside"), begun.taking(time.Second, "needs it", "aside")
				aside.Aside, needsIt.Aside = true, true
				results := runAll(t.Context(), 5*time.Second, host, aside, needsIt, begun.taking(time.Second, "next"), begun.taking(time.Second, "last", "next"))
				if diff := cmp.Diff([]string{"pass host", "pass aside", "pass needs it", "pass next", "pass last"}, outline(results)); diff != "" {
					t.Errorf("results differ (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tc.want, begun.of); diff != "" {
					t.Errorf("beginnings differ (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestSessionIsHandedOn has a check that learns something while another one runs aside.
func TestSessionIsHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aside := newBeginnings().taking(time.Second, "aside")
		aside.Aside = true
		var user, host string
		runAll(t.Context(), 5*time.Second, learning("host", func(s *checks.Session) { s.Host = "192.0.2.1" }), aside,
			learning("user", func(s *checks.Session) { s.User = "web" }),
			learning("asks", func(s *checks.Session) { user, host = s.User, s.Host }, "aside"))
		if user != "web" || host != "192.0.2.1" {
			t.Errorf("got user %q and host %q after a check that ran aside, want what the others have learned", user, host)
		}
	})
}

// TestReaderThatStopsBesideProbes takes no more results while a check waits in vain, beside
// which a probe runs.
func TestReaderThatStopsBesideProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Bool
		probe := &checks.Check{ID: "probe.slow", Probe: true, Run: func(ctx context.Context, _ *pod.System, _ *checks.Session, _ *observe.Log) checks.Outcome {
			running.Store(true)
			<-ctx.Done()
			time.Sleep(300 * time.Millisecond) // less than it is given
			running.Store(false)
			return checks.Outcome{}
		}}
		sys := &pod.System{
			Root: t.TempDir(),
			Env:  map[string]string{"KUBERNETES_SERVICE_HOST": "192.0.2.1", "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_SERVICE_PORT_HTTPS": "443"},
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() },
			Now:  time.Now,
		}
		begun := false
		for r := range checks.Run(t.Context(), sys, append(checks.All(), probe), 5*time.Second, func(observe.Set, []*checks.Check) map[string]string {
			return map[string]string{"probe.slow": ""}
		}) {
			if r.ID == "net.connect" {
				begun = running.Load()
				break
			}
		}
		if !begun || running.Load() {
			t.Errorf("the probe ran beside the wait: %t; it runs after the end of the run: %t", begun, running.Load())
		}
	})
}

// TestProbeThatIsDroppedAndDoesNotReturn has a probe begin beside a wait that an answer ends,
// and stay at work for longer than it is given.
func TestProbeThatIsDroppedAndDoesNotReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int32
		probe := &checks.Check{ID: "probe.slow", Probe: true, Run: func(ctx context.Context, _ *pod.System, _ *checks.Session, _ *observe.Log) checks.Outcome {
			if begun.Add(1) == 1 {
				<-ctx.Done()
				time.Sleep(time.Second)
			}
			return checks.Outcome{Status: observe.Pass}
		}}
		sys := &pod.System{
			Root: t.TempDir(),
			Env:  map[string]string{"KUBERNETES_SERVICE_HOST": "192.0.2.1", "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_SERVICE_PORT_HTTPS": "443"},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				time.Sleep(3 * time.Second)
				return nil, syscall.EHOSTUNREACH
			},
			Now: time.Now,
		}
		probed := false
		for r := range checks.Run(t.Context(), sys, append(checks.All(), probe), 5*time.Second, func(observe.Set, []*checks.Check) map[string]string {
			return map[string]string{"probe.slow": ""}
		}) {
			if r.BlockedBy == "probe.slow" {
				t.Errorf("%s: %s", r.ID, r.Summary)
			}
			probed = probed || r.ID == "probe.slow" && r.Status == observe.Pass
		}
		if begun.Load() != 2 || !probed {
			t.Errorf("the probe began %d times, and its result is there: %t; want twice, and true", begun.Load(), probed)
		}
	})
}

// TestReaderThatStops takes the first result alone, while others are under way.
func TestReaderThatStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it fails if a goroutine is left
		begun := newBeginnings()
		host := learning("host", func(s *checks.Session) { s.Host = "192.0.2.1" })
		slow := begun.taking(time.Minute, "aside")
		slow.Aside = true
		for range checks.Run(t.Context(), &pod.System{}, []*checks.Check{host, answering("quick", checks.Outcome{}), slow, begun.taking(time.Minute, "next")}, time.Hour, nil) {
			break
		}
		if took := time.Since(begun.start); took > 0 {
			t.Errorf("the run ended after %s, want at once", took)
		}
	})
}
