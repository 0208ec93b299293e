package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestAnswerOf(t *testing.T) {
	connect := func(errno syscall.Errno) error { return os.NewSyscallError("connect", errno) }
	ended, end := within(t.Context(), time.Nanosecond)
	defer end()
	<-ended.Done()
	for _, tc := range []struct {
		name       string
		err        error
		took, wall time.Duration
		want       observe.Answer
	}{
		{"no error", nil, time.Millisecond, time.Millisecond, observe.Answers},
		{"refused", connect(syscall.ECONNREFUSED), time.Millisecond, time.Millisecond, observe.Refuses},
		{"reset", connect(syscall.ECONNRESET), 2 * time.Second, 2 * time.Second, observe.Refuses},
		{"not permitted", connect(syscall.EPERM), 0, 0, observe.Denied},
		{"access denied", connect(syscall.EACCES), 0, 0, observe.Denied},
		{"no route", connect(syscall.ENETUNREACH), 0, 0, observe.NoRoute},
		{"no port", connect(syscall.EADDRNOTAVAIL), 0, 0, observe.NoPort},
		{"unreachable, soon", connect(syscall.EHOSTUNREACH), 999 * time.Millisecond, 999 * time.Millisecond, observe.Prohibited},
		{"unreachable, late", connect(syscall.EHOSTUNREACH), time.Second, 4 * time.Second, observe.NoNeighbour},
		{"unreachable, nobody knows when", connect(syscall.EHOSTUNREACH), 999 * time.Millisecond, 4 * time.Second, observe.Unreachable},
		{"our own limit", context.Cause(ended), time.Second, time.Second, observe.Silent},
		{"our own limit, wrapped", fmt.Errorf("%w; 3 replies did not fit", context.Cause(ended)), time.Second, time.Second, observe.Silent},
		{"a deadline", os.ErrDeadlineExceeded, time.Second, time.Second, observe.Silent},
		{"a context", context.DeadlineExceeded, time.Second, time.Second, observe.Silent},
		{"a timeout of the network", &net.DNSError{IsTimeout: true}, time.Second, time.Second, observe.Silent},
		{"anything else", errors.New("no such luck"), 0, 0, observe.OtherError},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := answerOf(tc.err, tc.took, tc.wall); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
