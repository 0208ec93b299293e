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
		if _, ours := context.Cause(limited).(Silence); !ours || context.Cause(limited).Error() != "no answer within 1s" {
			t.Errorf("got the end %v, want a silence", context.Cause(limited))
		}
	})
}
