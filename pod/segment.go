package pod

import "context"

type segmentKey struct{}

// WithSegment has connections dialled with the context take no larger segments than
// so many bytes.
func WithSegment(ctx context.Context, size int) context.Context {
	return context.WithValue(ctx, segmentKey{}, size)
}
