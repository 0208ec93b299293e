//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// takeStderr returns standard error for the words of k8sdoctor, and leads
// nowhere what libraries and the Go runtime write there: a log of HTTP headers
// has the token in it, and a crash shows memory. There will be no core file
// either.
func takeStderr() (*os.File, error) {
	if err := forbidCore(); err != nil {
		return nil, err
	}
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer nowhere.Close()
	own, err := unix.Dup(unix.Stderr)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(own), os.Stderr.Name()), unix.Dup2(int(nowhere.Fd()), unix.Stderr)
}

// forbidCore sets the limit for core files to one byte: Linux writes none then,
// nor hands one to a program of the node's, as it does even with a limit of zero.
func forbidCore() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	limit.Cur, limit.Max = min(limit.Max, 1), min(limit.Max, 1)
	return unix.Setrlimit(unix.RLIMIT_CORE, &limit)
}
