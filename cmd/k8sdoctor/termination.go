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

// terminationMessage writes the verdict to where the kubelet looks for it. A file
// that was asked for is made. The default one is left alone where it does not
// exist, and by all but the first process of the container: it is the
// application's where k8sdoctor was started by kubectl exec.
func terminationMessage(c *cli.Context, r report.Report, format report.Format) error {
	name, asked, flags := c.String("termination-log"), c.IsSet("termination-log"), os.O_WRONLY|os.O_TRUNC|syscall.O_NONBLOCK
	switch {
	case name == "", !asked && os.Getpid() != 1:
		return nil
	case asked:
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(name, flags, 0o644)
	if err != nil {
		if asked {
			return fmt.Errorf("termination message: %w", err)
		}
		return nil
	}
	if err := format.Write(file, r, report.Options{}); err != nil {
		file.Close()
		return fmt.Errorf("termination message: %w", err)
	}
	return file.Close()
}
