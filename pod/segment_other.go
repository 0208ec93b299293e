//go:build !linux

package pod

import (
	"context"
	"net"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// limitSegment has no such option here.
func limitSegment(context.Context, string, string, syscall.RawConn) error { return nil }

// TCPState is not known here.
func TCPState(net.Conn) (observe.Evidence, bool) { return nil, false }
