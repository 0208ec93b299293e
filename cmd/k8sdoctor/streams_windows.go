package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// takeStderr returns standard error for the words of k8sdoctor, and leads
// nowhere what libraries and the Go runtime write there.
func takeStderr() (*os.File, error) {
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	own := os.Stderr
	os.Stderr = nowhere
	return own, windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(nowhere.Fd()))
}
