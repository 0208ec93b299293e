package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/watch"
)

func watchCommand() *cli.Command {
	return &cli.Command{
		Name:      "watch",
		Usage:     "run the checks again and again, and report what changes, how often and how long they take",
		UsageText: "k8sdoctor watch [--every 30s] [--for 1h] [--listen :9090] [options]",
		Flags: slices.Concat([]cli.Flag{
			&cli.DurationFlag{Name: "every", Usage: "begin a round each `DURATION`", Value: 30 * time.Second, EnvVars: commands.Env("EVERY")},
			&cli.DurationFlag{Name: "for", Usage: "end after this `DURATION`; by default on a signal only", EnvVars: commands.Env("FOR")},
			&cli.StringFlag{Name: "listen", Usage: "serve /metrics for Prometheus and /healthz at this `ADDRESS`, such as :9090", EnvVars: commands.Env("LISTEN")},
		}, roundFlags(), commands.PodFlags()),
		Before: commands.NoArguments,
		Action: runWatch,
	}
}

// roundFlags are those of a run that do not shape a report.
func roundFlags() []cli.Flag {
	return slices.DeleteFunc(commands.RunFlags(), func(f cli.Flag) bool {
		return slices.Contains([]string{"output", "report", "color"}, f.Names()[0])
	})
}

func runWatch(c *cli.Context) error {
	s, err := commands.NewSession(c)
	if err != nil {
		return err
	}
	if err := enterPod(s, c); err != nil {
		return err
	}
	return runRounds(c.Context, s, c.Duration("every"), c.Duration("for"), c.String("listen"))
}

// runRounds runs rounds until ctx ends or lasts is over, and then sums them up.
func runRounds(ctx context.Context, s *commands.Session, every, lasts time.Duration, listen string) error {
	switch {
	case every <= 0:
		return fmt.Errorf("--every %s: must be positive", every)
	case lasts < 0:
		return fmt.Errorf("--for %s: a duration cannot be negative", lasts)
	}
	s.Quiet = true
	tally, metrics := watch.NewTally(), watch.NewMetrics(version, 2*every+s.Limit)
	if listen != "" {
		stop, err := serve(listen, metrics)
		if err != nil {
			return fmt.Errorf("--listen %s: %w", listen, err)
		}
		defer stop()
	}
	if lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lasts)
		defer cancel()
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		r := s.RunOnce(ctx, tally.Rounds()+1)
		if ctx.Err() == nil || tally.Rounds() == 0 { // what the end has cut off says nothing of the pod
			found := s.Status(r) == commands.Found
			metrics.Add(r)
			if line := tally.Add(r, found); line != "" {
				if _, err := fmt.Fprintln(s.Stdout, line); err != nil {
					return err
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return sumUp(s, tally)
		}
	}
}

func sumUp(s *commands.Session, tally *watch.Tally) error {
	width := 0
	if size, ok := commands.Terminal(s.Stdout); ok {
		width, _ = size()
	}
	fmt.Fprintln(s.Stdout)
	if err := tally.Summary(s.Stdout, width); err != nil {
		return err
	}
	switch {
	case tally.Found() > 0:
		return commands.ExitCode(commands.Found)
	case tally.Rounds() == tally.Incomplete():
		return commands.ExitCode(commands.NoResult)
	}
	return nil
}

// serve answers requests at an address until stop is called.
func serve(address string, handler http.Handler) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			listener.Close()
		}
	}()
	return func() { server.Close() }, nil
}
