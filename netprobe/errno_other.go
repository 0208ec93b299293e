//go:build !windows

package netprobe

func plainErrno(err error) error { return err }
