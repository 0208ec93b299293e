package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/report"
)

const (
	// ownMemory is what the heap may take in somebody else's container, in bytes.
	ownMemory = 24 << 20
	// handoverTime is how long the report may take to its reader.
	handoverTime = 20 * time.Second
)

// handOver runs in a container that is somebody else's: it leaves no file, ends when the
// launcher at the other end of the standard streams is gone, and at its deadline whatever
// happens.
func handOver(c *cli.Context, s *commands.Session) error {
	if own, err := os.Executable(); err == nil {
		os.Remove(own)
	}
	debug.SetMemoryLimit(ownMemory)
	s.Sys.Adopted = pod.AdoptFirst(s.Sys)
	deadline := time.AfterFunc(s.Limit+handoverTime, func() { os.Exit(commands.NoResult) })
	defer deadline.Stop()
	ctx, cancel := context.WithCancelCause(c.Context)
	defer cancel(nil)
	answers := handover.Answers(c.App.Reader, func() { cancel(errors.New("the launcher is gone")) })
	if c.Bool("attached") {
		select {
		case <-answers:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r := s.RunUntil(ctx, time.Time{})
	var b bytes.Buffer
	if err := report.JSON(&b, r); err != nil {
		return err
	}
	return handover.Write(s.Stdout, answers, b.Bytes())
}
