//go:build !linux

package checks

import (
	"context"
	"net"
	"syscall"
)

func limitSegment(context.Context, string, string, syscall.RawConn) error { return nil }

func tcpState(net.Conn) (Evidence, bool) { return nil, false }
