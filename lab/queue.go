package lab

import (
	"context"
	"sync"
	"time"
)

// listenQueue is that of a server, which accepts one connection after the other
// and has room for so many that it has not accepted yet. The SYN of one more is
// dropped, and sent again after 1, 2 and 4 seconds, as the kernel does.
type listenQueue struct {
	length int
	accept time.Duration // how long the server takes to accept one
}

// waiting are the moments at which what is in a queue will have been accepted.
type waiting struct {
	mu     sync.Mutex
	leaves []time.Time
}

func (d *dialer) queueFor(to string) *waiting {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.queues[to] == nil {
		d.queues[to] = &waiting{}
	}
	return d.queues[to]
}

// enter returns when there is room, or ctx has ended.
func (w *waiting) enter(ctx context.Context, q listenQueue) {
	for again := time.Second; !w.fits(q) && pause(ctx, again); again *= 2 {
	}
}

func (w *waiting) fits(q listenQueue) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for len(w.leaves) > 0 && !w.leaves[0].After(now) {
		w.leaves = w.leaves[1:]
	}
	if len(w.leaves) == q.length {
		return false
	}
	if n := len(w.leaves); n > 0 {
		now = w.leaves[n-1]
	}
	w.leaves = append(w.leaves, now.Add(q.accept))
	return true
}

// pause says whether the time is over before ctx is.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
