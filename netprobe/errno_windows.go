package netprobe

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// plainErrno adds to a Winsock error the errno that the checks know it by.
func plainErrno(err error) error {
	for winsock, errno := range map[syscall.Errno]syscall.Errno{
		windows.WSAECONNREFUSED: syscall.ECONNREFUSED,
		windows.WSAECONNRESET:   syscall.ECONNRESET,
		windows.WSAENETUNREACH:  syscall.ENETUNREACH,
		windows.WSAEHOSTUNREACH: syscall.EHOSTUNREACH,
	} {
		if errors.Is(err, winsock) {
			return fmt.Errorf("%w (%w)", err, errno)
		}
	}
	return err
}
