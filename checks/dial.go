package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// dialResult is what came of one connection attempt.
type dialResult struct {
	addr netip.Addr
	conn net.Conn
	err  error
	took time.Duration // without that for which this process could not run
	wall time.Duration // with it
	late bool          // connected only after the SYN was sent again
	cut  bool          // the run ended before anything came of it
}

// dialOne opens a connection.
func dialOne(ctx context.Context, sys *System, to netip.Addr, port string) dialResult {
	w := startWatch(ctx)
	conn, err := sys.Dial(ctx, "tcp", net.JoinHostPort(to.String(), port))
	d := dialResult{addr: to, conn: conn, err: bareNetError(ctx, err), took: w.took(), wall: w.wall()}
	d.late, d.cut = cameLate(conn, d.err, d.took), cutOff(ctx, d.err)
	return d
}

// cutOff says that err is no answer and no silence but the end of the run.
func cutOff(ctx context.Context, err error) bool {
	_, ours := errors.AsType[silence](err)
	return err != nil && !ours && ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
}

// failure says what happened and, unless the error says so itself, after what
// time.
func (d dialResult) failure() string {
	if _, isErrno := errors.AsType[syscall.Errno](d.err); isErrno {
		return fmt.Sprintf("%v after %s", d.err, span(d.took))
	}
	return d.err.Error()
}

// String says what came of it.
func (d dialResult) String() string {
	if d.err != nil {
		return d.failure()
	}
	return "answers in " + span(d.took)
}

func (d dialResult) answer() observe.Answer { return answerOf(d.err, d.took, d.wall) }

// isDead says that an address is one of the pod's families and still has no
// server.
func (d dialResult) isDead() bool {
	return d.err != nil && !errors.Is(d.err, syscall.ENETUNREACH) && !errors.Is(d.err, syscall.EADDRNOTAVAIL)
}

// slowConnect is from when on a SYN must have been sent again.
const slowConnect = 900 * time.Millisecond

// cameLate says that a connection came only after its SYN was sent again. The
// kernel counts that; the time alone may be that of a process which gets little
// CPU.
func cameLate(conn net.Conn, err error, took time.Duration) bool {
	if state, ok := tcpState(conn); ok {
		return state.Get("retransmits") != "0"
	}
	return err == nil && took >= slowConnect
}

// secondSYN is long enough for a lost SYN to be sent once more.
const secondSYN = 1200 * time.Millisecond

// dialAll dials all addresses at once and, when one has answered, gives the
// others a moment more.
func dialAll(ctx context.Context, sys *System, addrs []netip.Addr, port string) []dialResult {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := make([]dialResult, len(addrs))
	done := make(chan int, len(all))
	for i := range all {
		go guarded(ctx, func() {
			all[i] = dialOne(ctx, sys, addrs[i], port)
			done <- i
		})()
	}
	for range all {
		if i := <-done; all[i].err == nil {
			moment, end := within(ctx, secondSYN)
			defer end()
			context.AfterFunc(moment, func() { cancel(silence("no answer while another address had one")) })
		}
	}
	return all
}

// dialEach connects to all targets at once, sends nothing, and tells saw of each
// what came of it, unless the run has ended first.
func dialEach(ctx context.Context, sys *System, targets []netip.AddrPort, saw func(netip.AddrPort, observe.Answer)) []dialResult {
	all := make([]dialResult, len(targets))
	var wait sync.WaitGroup
	for i, target := range targets {
		wait.Go(guarded(ctx, func() {
			all[i] = dialOne(ctx, sys, target.Addr(), fmt.Sprint(target.Port()))
			if all[i].conn != nil {
				all[i].conn.Close()
			}
			if !all[i].cut {
				saw(target, all[i].answer())
			}
		}))
	}
	wait.Wait()
	return all
}

func closeOthers(all []dialResult, keep net.Conn) {
	for _, d := range all {
		if d.conn != nil && d.conn != keep {
			d.conn.Close()
		}
	}
}
