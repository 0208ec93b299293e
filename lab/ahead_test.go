package lab

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// outer puts a handler around the API server's.
func outer(wrap func(next http.Handler) http.HandlerFunc) func(*plan) {
	return func(p *plan) {
		p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler { return wrap(next) })
	}
}

// TestServerThatAllowsTwoRequestsAtATime: requests that are sent beside one another are the
// doctor's own, and what comes of that is no fault of the pod.
func TestServerThatAllowsTwoRequestsAtATime(t *testing.T) {
	t.Parallel()
	var inFlight, refused atomic.Int64
	o := world{change: outer(func(next http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			defer inFlight.Add(-1)
			if inFlight.Add(1) > 2 && r.Method == http.MethodGet {
				refused.Add(1)
				w.Header().Set("Retry-After", "1")
				http.Error(w, `{"kind": "Status", "apiVersion": "v1", "code": 429, "message": "Too many requests, please try again later."}`, http.StatusTooManyRequests)
				return
			}
			time.Sleep(10 * time.Millisecond)
			next.ServeHTTP(w, r)
		}
	})}.look(t)
	for _, r := range o.results {
		if r.Status == observe.Fail || r.Status == observe.Warn {
			t.Errorf("%s: %s %s", r.ID, r.Status, r.Summary)
		}
	}
	if refused.Load() == 0 {
		t.Error("no request was refused: nothing was sent ahead")
	}
}

const reviewPath = reviewsPath + "v1/selfsubjectreviews"

// TestNothingIsAskedAheadInVain counts the requests of a run of some checks.
func TestNothingIsAskedAheadInVain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		only []string
		want []string
	}{
		{"all checks", nil, []string{"/api", "/apis", reviewPath, "/livez", "/readyz", "/version"}},
		{"the review alone", []string{"auth.review"}, []string{reviewPath}},
	} {
		var mu sync.Mutex
		var got []string
		o := world{only: tc.only, change: outer(func(next http.Handler) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				got = append(got, r.URL.Path)
				mu.Unlock()
				next.ServeHTTP(w, r)
			}
		})}.look(t)
		slices.Sort(got)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got the requests %v, want each of %v once", tc.name, got, tc.want)
		}
		if r := o.of("auth.review"); r.Status != observe.Pass {
			t.Errorf("%s: %s %s", tc.name, r.Status, r.Summary)
		}
	}
}

// TestRefusedTokenHoldsUpNothing has a server that closes the connection behind a token that
// it refuses, while other requests wait on it.
func TestRefusedTokenHoldsUpNothing(t *testing.T) {
	for range 40 { // whether any do is a matter of chance
		o := world{change: func(p *plan) { p.token.foreignKey = true }}.look(t)
		for _, r := range o.results {
			if took := time.Duration(r.Took); took >= time.Second {
				t.Fatalf("%s took %s", r.ID, took)
			}
		}
	}
}
