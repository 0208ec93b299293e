package main

import (
	"fmt"
	"os"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// defaultTerminationLog is the terminationMessagePath of a container that does
// not set one.
const defaultTerminationLog = "/dev/termination-log"

// terminationMessage writes the verdict to where the kubelet looks for it. The
// default file is left alone where it does not exist; one that was asked for is
// made.
func terminationMessage(c *cli.Context, r report.Report) error {
	name, flags := c.String("termination-log"), os.O_WRONLY|os.O_TRUNC|syscall.O_NONBLOCK
	if name == "" {
		return nil
	}
	asked := name != defaultTerminationLog
	if asked {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(name, flags, 0o644)
	if err != nil {
		if asked {
			return fmt.Errorf("termination message: %w", err)
		}
		return nil
	}
	if _, err = file.Write(report.TerminationMessage(r)); err != nil {
		file.Close()
		return fmt.Errorf("termination message: %w", err)
	}
	return file.Close()
}
