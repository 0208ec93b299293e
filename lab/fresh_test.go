package lab

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// TestFreshConnectionsAreUnhurried holds probe.fresh to a pace that no listen queue
// is too short for, and to its limit where nothing answers.
func TestFreshConnectionsAreUnhurried(t *testing.T) {
	t.Parallel()
	const connections, interval, longest = 6, 100 * time.Millisecond, 3600 * time.Millisecond
	for _, test := range []struct {
		name   string
		silent bool
	}{{"each is answered", false}, {"none is answered", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var begun []time.Time
			w := world{change: func(p *plan) { p.token.foreignKey = true }} // so that no other probe dials the API server
			if test.silent {
				w = world{change: func(p *plan) { p.routes["tcp "+apiAddress] = route{silent: true} }}
			}
			w.after = func(pod *Pod) error {
				dial := pod.System.Dial
				pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if network == "tcp" && address == apiAddress {
						mu.Lock()
						begun = append(begun, time.Now())
						mu.Unlock()
					}
					return dial(ctx, network, address)
				}
				return nil
			}
			w.every = true
			o := w.look(t)
			r := o.of("probe.fresh")
			if got := r.Evidence.Get("connections"); got != "6" || len(begun) < connections {
				t.Fatalf("got %q connections of %d dialled, want %d%s", got, len(begun), connections, o)
			}
			if took := time.Duration(r.Took); took > longest {
				t.Errorf("took %s, want at most %s", took, longest)
			}
			begun = begun[len(begun)-connections:]
			for i := range begun[1:] {
				if gap := begun[i+1].Sub(begun[i]); gap < interval {
					t.Errorf("connection %d began %s after the one before, want %s", i+1, gap, interval)
				}
			}
		})
	}
}
