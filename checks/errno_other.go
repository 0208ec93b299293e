//go:build !windows

package checks

func plainErrno(err error) error { return err }
