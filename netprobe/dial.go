// Package netprobe sends single packets and says what came of each: TCP connections,
// DNS questions, TLS handshakes.
package netprobe

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
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// DialResult is what came of one connection attempt.
type DialResult struct {
	Addr netip.Addr
	Conn net.Conn
	Err  error
	Took time.Duration // at least, if this process was kept from running
	Wall time.Duration // at most
	Late bool          // connected only after the SYN was sent again
	Cut  bool          // the run ended before anything came of it
}

// DialOne opens a connection.
func DialOne(ctx context.Context, sys *pod.System, to netip.Addr, port string) DialResult {
	w := pulse.StartWatch(ctx)
	conn, err := sys.Dial(ctx, "tcp", net.JoinHostPort(to.String(), port))
	d := DialResult{Addr: to, Conn: conn, Err: RootError(ctx, err), Took: w.Waited(), Wall: w.Wall()}
	d.Late, d.Cut = CameLate(conn, d.Err, d.Took), CutOff(ctx, d.Err)
	return d
}

// CutOff says that err is no answer and no silence but the end of the run.
func CutOff(ctx context.Context, err error) bool {
	_, ours := errors.AsType[pulse.Silence](err)
	return err != nil && !ours && ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
}

// Failure says what happened and, unless the error says so itself, after what
// time.
func (d DialResult) Failure() string {
	if _, isErrno := errors.AsType[syscall.Errno](d.Err); isErrno {
		return fmt.Sprintf("%v after %s", d.Err, observe.FormatDuration(d.Took))
	}
	return d.Err.Error()
}

// String says what came of it.
func (d DialResult) String() string {
	if d.Err != nil {
		return d.Failure()
	}
	return "answers in " + observe.FormatDuration(d.Took)
}

// Answer names what came of it.
func (d DialResult) Answer() observe.Answer { return answerOf(d.Err, d.Took, d.Wall) }

// IsDead says that an address is one of the pod's families and still has no
// server.
func (d DialResult) IsDead() bool {
	return d.Err != nil && !errors.Is(d.Err, syscall.ENETUNREACH) && !errors.Is(d.Err, syscall.EADDRNOTAVAIL)
}

// slowConnect is from when on a SYN must have been sent again.
const slowConnect = 900 * time.Millisecond

// CameLate says that a connection came only after its SYN was sent again. The
// kernel counts that; the time alone may be that of a process which gets little
// CPU.
func CameLate(conn net.Conn, err error, took time.Duration) bool {
	if state, ok := pod.TCPState(conn); ok {
		return state.Get("retransmits") != "0"
	}
	return err == nil && took >= slowConnect
}

// SecondSYN is long enough for a lost SYN to be sent once more.
const SecondSYN = 1200 * time.Millisecond

// DialAll dials all addresses at once and, when one has answered, gives the
// others a moment more.
func DialAll(ctx context.Context, sys *pod.System, addrs []netip.Addr, port string) []DialResult {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := make([]DialResult, len(addrs))
	done := make(chan int, len(all))
	for i := range all {
		go panics.Guarded(ctx, func() {
			all[i] = DialOne(ctx, sys, addrs[i], port)
			done <- i
		})()
	}
	for range all {
		if i := <-done; all[i].Err == nil {
			moment, end := pulse.Within(ctx, SecondSYN)
			defer end()
			context.AfterFunc(moment, func() { cancel(pulse.Silence("no answer while another address had one")) })
		}
	}
	return all
}

// DialEach connects to all targets at once, sends nothing, and tells saw of each
// what came of it, unless the run has ended first.
func DialEach(ctx context.Context, sys *pod.System, targets []netip.AddrPort, saw func(netip.AddrPort, observe.Answer)) []DialResult {
	all := make([]DialResult, len(targets))
	var wait sync.WaitGroup
	for i, target := range targets {
		wait.Go(panics.Guarded(ctx, func() {
			all[i] = DialOne(ctx, sys, target.Addr(), fmt.Sprint(target.Port()))
			if all[i].Conn != nil {
				all[i].Conn.Close()
			}
			if !all[i].Cut {
				saw(target, all[i].Answer())
			}
		}))
	}
	wait.Wait()
	return all
}

// CloseOthers closes all connections but one.
func CloseOthers(all []DialResult, keep net.Conn) {
	for _, d := range all {
		if d.Conn != nil && d.Conn != keep {
			d.Conn.Close()
		}
	}
}
