package checks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestAnswerOf(t *testing.T) {
	t.Parallel()
	short, cancel := within(t.Context(), time.Nanosecond)
	defer cancel()
	<-short.Done()
	stopped, stop := context.WithCancelCause(t.Context())
	stop(errors.New("another address had an answer"))
	dial := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	for _, test := range []struct {
		name       string
		err        error
		took, wall time.Duration
		want       observe.Answer
	}{
		{"none", nil, 0, 0, observe.Answers},
		{"a reset", dial(syscall.ECONNREFUSED), 0, 0, observe.Refuses},
		{"a reset later", dial(syscall.ECONNRESET), time.Minute, time.Minute, observe.Refuses},
		{"the kernel forbids it", dial(syscall.EPERM), 0, 0, observe.Denied},
		{"the kernel denies it", dial(syscall.EACCES), 0, 0, observe.Denied},
		{"no route", dial(syscall.ENETUNREACH), 0, 0, observe.NoRoute},
		{"no port left", dial(syscall.EADDRNOTAVAIL), 0, 0, observe.NoPort},
		{"a live host says so", dial(syscall.EHOSTUNREACH), 999 * time.Millisecond, 999 * time.Millisecond, observe.Prohibited},
		{"nobody on the link", dial(syscall.EHOSTUNREACH), time.Second, time.Second, observe.NoNeighbour},
		{"no CPU meanwhile", dial(syscall.EHOSTUNREACH), 10 * time.Millisecond, time.Second, observe.Unreachable},
		{"a deadline of the socket", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, 0, 0, observe.Silent},
		{"a deadline", context.DeadlineExceeded, 0, 0, observe.Silent},
		{"a limit", bareNetError(short, &net.OpError{Op: "dial", Err: context.Canceled}), 0, 0, observe.Silent},
		{"an end for a reason", bareNetError(stopped, context.Canceled), 0, 0, observe.Silent},
		{"an end that is told with more", fmt.Errorf("%w; 3 replies did not fit", bareNetError(stopped, context.Canceled)), 0, 0, observe.Silent},
		{"an end of the stream", io.EOF, 0, 0, observe.OtherError},
		{"an error of no kind", errors.New("a DNS message that answers another question"), 0, 0, observe.OtherError},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := answerOf(test.err, test.took, test.wall); got != test.want {
				t.Errorf("%v: got %s, want %s", test.err, got, test.want)
			}
		})
	}
}

func TestCutOff(t *testing.T) {
	t.Parallel()
	over, end := within(t.Context(), time.Nanosecond)
	defer end()
	<-over.Done()
	run, stop := context.WithCancelCause(t.Context())
	inside, finish := within(run, time.Hour)
	defer finish()
	for _, test := range []struct {
		name string
		ctx  context.Context
		want bool
	}{
		{"a limit", over, false},
		{"still under way", inside, false},
	} {
		if got := cutOff(test.ctx); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
	stop(errors.New("--timeout 5s is over"))
	if !cutOff(inside) {
		t.Error("the end of the run: got false, want true")
	}
}
