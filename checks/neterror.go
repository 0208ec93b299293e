package checks

import (
	"context"
	"errors"
	"net"
)

// bareNetError leaves the errno of a failed network operation, which says what
// happened, and puts the cause of ctx in place of a timeout.
func bareNetError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var netErr net.Error
	timeout := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &netErr) && netErr.Timeout()
	if timeout && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return plainErrno(err)
}
