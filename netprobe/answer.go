package netprobe

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// FastError is a limit: an EHOSTUNREACH that comes sooner was sent by a live host.
const FastError = time.Second

// lookedUp is how long the kernel looks for a neighbour before it gives up: it asks three
// times, a second apart, see arp(7). What comes sooner may be the end of a lookup that
// another packet has begun, or the answer to a later SYN: hosts limit how many ICMP messages
// they send. What answers a SYN sent after 3 s cannot be told apart.
const lookedUp = 2900 * time.Millisecond

// answerOf names what came of one packet; it took as long as that at least, and
// wall at most.
func answerOf(err error, took, wall time.Duration) observe.Answer {
	is := func(errnos ...syscall.Errno) bool {
		for _, errno := range errnos {
			if errors.Is(err, errno) {
				return true
			}
		}
		return false
	}
	switch {
	case err == nil:
		return observe.Answers
	case is(syscall.ECONNREFUSED, syscall.ECONNRESET):
		return observe.Refuses
	case IsSocketDenied(err):
		return observe.NoSocket
	case is(syscall.EPERM, syscall.EACCES):
		return observe.Denied
	case is(syscall.ENETUNREACH):
		return observe.NoRoute
	case is(syscall.EADDRNOTAVAIL):
		return observe.NoPort
	case is(syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM):
		return observe.NoResource
	case is(syscall.EHOSTUNREACH) && wall < FastError:
		return observe.Prohibited
	case is(syscall.EHOSTUNREACH) && took >= lookedUp:
		return observe.NoNeighbour
	case is(syscall.EHOSTUNREACH):
		return observe.Unreachable
	case isSilence(err):
		return observe.Silent
	}
	return observe.OtherError
}

// IsSocketDenied says that the kernel gave no socket, whatever it was for, see socket(2).
func IsSocketDenied(err error) bool {
	call, ok := errors.AsType[*os.SyscallError](err)
	return ok && call.Syscall == "socket" && (errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM))
}

func isSilence(err error) bool {
	if _, ours := errors.AsType[pulse.Silence](err); ours {
		return true
	}
	var netErr net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &netErr) && netErr.Timeout()
}
