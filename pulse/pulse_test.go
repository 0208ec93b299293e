package pulse

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimitLeavesLostTimeOut has a pulse that has beaten late by half a second.
func TestLimitLeavesLostTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := Start(t.Context())
		defer stop()
		start, watch := time.Now(), StartWatch(ctx)
		limited, cancel := Within(ctx, time.Second)
		defer cancel()
		p := ctx.Value(pulseKey{}).(*pulse)
		p.mu.Lock()
		p.lost += 500 * time.Millisecond
		p.mu.Unlock()
		<-limited.Done()
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("a limit of 1s ended after %s, of which 500ms were lost, want 1.5s", took)
		}
		if watch.Took() != time.Second || watch.Wall() != 1500*time.Millisecond {
			t.Errorf("got %s to %s, want 1s to 1.5s", watch.Took(), watch.Wall())
		}
		if _, ours := context.Cause(limited).(Silence); !ours || context.Cause(limited).Error() != "no answer within 1 s" {
			t.Errorf("got the end %v, want a silence", context.Cause(limited))
		}
	})
}

// TestWaitLeavesItsEndsOut has an answer that took a second, for which this process
// missed some of the time.
func TestWaitLeavesItsEndsOut(t *testing.T) {
	for _, tc := range []struct {
		name string
		gaps [][2]time.Duration // in milliseconds after the question
		want time.Duration
	}{
		{"it ran all the time", nil, 1000},
		{"it missed three quarters of it, and ran before and after", [][2]time.Duration{{100, 850}}, 1000},
		{"it was late to ask", [][2]time.Duration{{-50, 400}, {600, 700}}, 600},
		{"it was late to notice", [][2]time.Duration{{300, 400}, {500, 995}}, 500},
		{"both", [][2]time.Duration{{10, 300}, {400, 500}, {600, 990}}, 300},
		{"it hardly ran", [][2]time.Duration{{0, 900}}, 100},
		{"it did not run", [][2]time.Duration{{-10, 1000}}, 0},
		{"before", [][2]time.Duration{{-500, -10}}, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := Start(t.Context())
				defer stop()
				time.Sleep(time.Second)
				w, p := StartWatch(ctx), ctx.Value(pulseKey{}).(*pulse)
				time.Sleep(time.Second)
				p.mu.Lock()
				for _, g := range tc.gaps {
					from, to := w.start.Add(g[0]*time.Millisecond), w.start.Add(g[1]*time.Millisecond)
					p.gaps = append(p.gaps, gap{from, to})
					if to.After(w.start) {
						p.lost += to.Sub(from)
					}
				}
				p.mu.Unlock()
				if got := w.Waited(); got != tc.want*time.Millisecond {
					t.Errorf("got %s, want %s", got, tc.want*time.Millisecond)
				}
			})
		})
	}
}
