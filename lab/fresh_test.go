package lab

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// TestFreshConnectionsAreUnhurried holds probe.fresh to a pace that no listen queue
// is too short for: each begins when the one before has ended, or well after it began.
func TestFreshConnectionsAreUnhurried(t *testing.T) {
	t.Parallel()
	const connections, interval, longest = 6, 100 * time.Millisecond, 3600 * time.Millisecond
	for _, test := range []struct {
		name   string
		silent bool
	}{{"each is answered", false}, {"none is answered", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var dialled timeline
			w := world{only: []string{"auth.review", "probe.fresh"}, every: true}
			if test.silent {
				w.change = func(p *plan) { p.routes["tcp "+apiAddress] = route{silent: true} }
			}
			w.after = func(pod *Pod) error {
				pod.System.Dial = dialled.watch(pod.System.Dial)
				return nil
			}
			o := w.look(t)
			r := o.of("probe.fresh")
			if got := r.Evidence.Get("connections"); got != "6" || len(dialled.all) < connections {
				t.Fatalf("got %q connections of %d dialled, want %d%s", got, len(dialled.all), connections, o)
			}
			if took := time.Duration(r.Took); took > longest {
				t.Errorf("took %s, want at most %s", took, longest)
			}
			fresh := dialled.all[len(dialled.all)-connections:]
			for i, next := range fresh[1:] {
				if gap := next.begun.Sub(fresh[i].begun); gap < interval && next.beside {
					t.Errorf("connection %d began %s after the one before, which had not ended", i+1, gap)
				}
			}
		})
	}
}

// timeline is when connections to the API server began.
type timeline struct {
	mu  sync.Mutex
	all []*span
}

type span struct {
	begun         time.Time
	beside, ended bool // beside the one before, which had not ended
}

func (l *timeline) watch(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if network != "tcp" || address != apiAddress {
			return dial(ctx, network, address)
		}
		s := &span{begun: time.Now()}
		l.mu.Lock()
		s.beside = len(l.all) > 0 && !l.all[len(l.all)-1].ended
		l.all = append(l.all, s)
		l.mu.Unlock()
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return watchedConn{conn, func() {
			l.mu.Lock()
			s.ended = true
			l.mu.Unlock()
		}}, nil
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

type watchedConn struct {
	net.Conn
	closed func()
}

func (c watchedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}
