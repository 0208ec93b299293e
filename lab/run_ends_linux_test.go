package lab

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab/bubble"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestSignalWhileProbesWait ends a run while the reviews of its fresh
// connections hang.
func TestSignalWhileProbesWait(t *testing.T) {
	dir := t.TempDir()
	bubble.Run(t, func(t *testing.T) { signalWhileProbesWait(t, dir) })
}

func signalWhileProbesWait(t *testing.T, dir string) {
	p := healthy()
	p.network = newMemory()
	refuseThenHang(p)
	pod, err := start(dir, p)
	if err != nil {
		t.Fatal(err)
	}
	defer pod.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var signalled time.Time
	for r := range checks.Run(ctx, pod.System, append(checks.All(), checks.Probes()...), 10*time.Second, nil) {
		if r.ID == checks.All()[len(checks.All())-1].ID { // the probes come next
			time.AfterFunc(500*time.Millisecond, func() {
				signalled = time.Now()
				cancel(errors.New("interrupted by SIGTERM"))
			})
		}
		if observe.Broken.Yes(r.Observations) {
			t.Errorf("%s: got %s, want none", r.ID, r.Summary)
		}
		if r.ID == "probe.fresh" {
			t.Errorf("got %s: %s, want it to be skipped", r.Status, r.Summary)
		}
	}
	if ctx.Err() == nil {
		t.Fatal("the probes ended before the signal, want them to wait")
	}
	if took := time.Since(signalled); took > time.Second {
		t.Errorf("the run ended %s after the signal, want less than a second", took)
	}
}

// refuseThenHang has the first review refused and the others unanswered.
func refuseThenHang(p *plan) {
	p.api.http1 = true
	p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
		first := make(chan bool, 1)
		first <- true
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, reviewsPath) {
				next.ServeHTTP(w, r)
				return
			}
			select {
			case <-first:
				w.Header().Set("Audit-Id", newUUID())
				status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
			default:
				io.Copy(io.Discard, r.Body) // a server sees the client go only behind the body
				<-r.Context().Done()
			}
		})
	})
}

// TestRunsLeaveNothingBehind counts goroutines and descriptors.
func TestRunsLeaveNothingBehind(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*plan)
	}{
		{"HTTP/2", func(*plan) {}},
		{"HTTP/1.1", func(p *plan) { p.api.http1 = true }},
		{"HTTP/1.1 and a refused token", func(p *plan) { p.api.http1, p.token.foreignKey = true, true }},
		{"a host name", func(p *plan) {
			hostAt(p, "api.shop.example", "198.51.100.3", "2001:db8::3")
			p.routes["tcp 198.51.100.3:443"], p.routes["tcp [2001:db8::3]:443"] = route{server: "api"}, route{server: "api"}
		}},
		{"a certificate that does not verify", func(p *plan) { p.tls.issue = issuedBy(named("platform-root-g2")) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := healthy()
			test.change(p)
			pod, err := start(t.TempDir(), p)
			if err != nil {
				t.Fatal(err)
			}
			defer pod.Close()
			all := append(checks.All(), checks.Probes()...)
			run := func() {
				for range checks.Run(t.Context(), pod.System, all, 3*time.Second, nil) {
				}
			}
			run()
			goroutines, files := settled(t, 0, 0, 300*time.Millisecond)
			var ten sync.WaitGroup
			for range 10 {
				ten.Go(run)
			}
			ten.Wait()
			if g, f := settled(t, goroutines, files, 3*time.Second); g > goroutines || f > files {
				t.Errorf("got %d goroutines and %d descriptors after ten runs, want %d and %d as after one", g, f, goroutines, files)
			}
		})
	}
}

// settled counts goroutines and descriptors until they are as few as wanted or
// the patience is over.
func settled(t *testing.T, goroutines, files int, patience time.Duration) (int, int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		if n := runtime.NumGoroutine(); n <= goroutines && len(open) <= files || time.Now().After(end) {
			return n, len(open)
		}
	}
}
