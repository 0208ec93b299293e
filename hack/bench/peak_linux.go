package main

import (
	"fmt"
	"os"
	"syscall"
)

// peakMemory returns the most memory that a process had at once, in bytes.
func peakMemory(state *os.ProcessState) (int64, error) {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, fmt.Errorf("the system does not tell what memory process %d took", state.Pid())
	}
	return usage.Maxrss << 10, nil
}
