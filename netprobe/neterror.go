package netprobe

import (
	"context"
	"errors"
	"net"
	"time"
)

// deadlineSlack is how far apart timers that are set to the same moment ring.
const deadlineSlack = 50 * time.Millisecond

// RootError leaves the errno of a failed network operation, which says what
// happened, and puts the cause of ctx in place of a timeout.
func RootError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var netErr net.Error
	timeout := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &netErr) && netErr.Timeout()
	if deadline, ok := ctx.Deadline(); timeout && ok && time.Until(deadline) < deadlineSlack {
		<-ctx.Done() // the dialer's own timer may ring a little earlier
	}
	if timeout && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return plainErrno(err)
}
