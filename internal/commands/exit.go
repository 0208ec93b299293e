package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// The exit statuses, as grep and diff have them.
const (
	Fine     = 0
	Found    = 1
	NoResult = 2
)

// ExitCode is the error of a run that has done its work and found something.
type ExitCode int

// Error implements error.
func (f ExitCode) Error() string { return fmt.Sprintf("exit status %d", int(f)) }

// ExitStatus says on standard error what kept a command from its work.
func ExitStatus(err error, stderr io.Writer) int {
	if err == nil {
		return Fine
	}
	if f, ok := errors.AsType[ExitCode](err); ok {
		return int(f)
	}
	Complain(stderr, err)
	return NoResult
}

// Complain says what is wrong, in words that may be of a flag, a variable or a
// file.
func Complain(stderr io.Writer, err error) {
	fmt.Fprintf(stderr, "k8sdoctor: %s\n", redact.ReadToken(pod.OwnPod()).Clean(err.Error()))
}

// Interruptible returns a context that SIGTERM, SIGINT and SIGQUIT end, with the
// signal as the cause.
func Interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt, syscall.SIGQUIT)
	go func() {
		got, ok := <-signals
		if !ok {
			return
		}
		names := map[os.Signal]string{syscall.SIGTERM: "SIGTERM", os.Interrupt: "SIGINT", syscall.SIGQUIT: "SIGQUIT"}
		cancel(errors.New("interrupted by " + names[got]))
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
	}
}
