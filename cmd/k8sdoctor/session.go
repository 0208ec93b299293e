package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// betweenAttempts is how long --wait pauses between two runs.
const betweenAttempts = time.Second

// session is one call of check or demo.
type session struct {
	stdout, stderr    io.Writer
	list              []*checks.Check
	only              []string // patterns that were asked for
	sys               *pod.System
	simulated         bool
	format            report.Format
	further           []fileReport
	color, symbols    bool
	failOnWarn        bool
	quiet             bool   // shows nothing while it runs
	again             string // how to get the wide report
	noExternalProbes  bool
	doctor            bool   // the pod is k8sdoctor's own
	forPod            string // the pod that it stands in for
	limit, checkLimit time.Duration
}

func newSession(c *cli.Context) (*session, error) {
	s := &session{
		stdout: c.App.Writer, stderr: c.App.ErrWriter,
		limit: c.Duration("timeout"), checkLimit: c.Duration("check-timeout"),
		noExternalProbes: c.Bool("no-external-probes"),
	}
	for name, given := range map[string]time.Duration{"timeout": s.limit, "check-timeout": s.checkLimit} {
		if given <= 0 {
			return nil, fmt.Errorf("--%s %s: a time limit must be positive", name, given)
		}
	}
	var err error
	s.only = given(c, "only")
	if s.list, err = s.choose(s.only, given(c, "skip")); err != nil {
		return nil, err
	}
	if s.format, err = formatOf(c, "output", report.Formats()); err != nil {
		return nil, err
	}
	if s.further, err = furtherReports(given(c, "report")); err != nil {
		return nil, err
	}
	if s.failOnWarn, err = oneOf(c, "fail-on", "warn", "fail"); err != nil {
		return nil, err
	}
	if err := s.style(c); err != nil {
		return nil, err
	}
	return s, nil
}

// choose selects the checks of the run, and says on standard error what cannot
// run because of what is skipped.
func (s *session) choose(only, skip []string) ([]*checks.Check, error) {
	all, err := checks.Select(examine.AllChecks(), only, nil)
	if err != nil {
		return nil, err
	}
	list, err := checks.Select(examine.AllChecks(), only, skip)
	if err != nil {
		return nil, err
	}
	var lost []string
	for _, c := range all {
		if !slices.Contains(list, c) && !c.Probe && !checks.Matches(skip, c.ID) {
			lost = append(lost, c.ID)
		}
	}
	if len(lost) > 0 {
		complain(s.stderr, fmt.Errorf("--skip %s also leaves out what needs it: %s", strings.Join(skip, ","), strings.Join(lost, " ")))
	}
	return list, nil
}

// runUntil runs the checks until nothing is found, and starts no further run
// after end.
func (s *session) runUntil(ctx context.Context, end time.Time) report.Report {
	var before report.Report
	for attempt := 1; ; attempt++ {
		r := s.runOnce(ctx, attempt)
		if r.Incomplete != "" && s.status(r) != statusFound && s.status(before) == statusFound {
			before.Incomplete = r.Incomplete // what the last whole run found still stands
			return before
		}
		before = r
		if s.status(r) == statusFine || ctx.Err() != nil || !time.Now().Add(betweenAttempts).Before(end) {
			return r
		}
		select {
		case <-time.After(betweenAttempts):
		case <-ctx.Done():
			return r
		}
	}
}

func (s *session) runOnce(ctx context.Context, attempt int) report.Report {
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, fmt.Errorf("--timeout %s is over", s.limit))
	defer cancel()
	started := time.Now()
	var results []observe.Result
	seen := func(r observe.Result) { results = append(results, r) }
	if size, ok := terminal(s.stderr); ok && !s.quiet {
		live := report.NewLive(s.stderr, s.list, size, report.Options{Color: s.color, Symbols: s.symbols})
		defer live.Close()
		seen = func(r observe.Result) {
			results = append(results, r)
			live.Add(r)
		}
	}
	for result := range examine.Run(ctx, s.sys, s.list, s.checkLimit, s.only) {
		seen(result)
	}
	r := s.assemble(results, started)
	r.Attempt, r.Simulated = attempt, s.simulated
	if ctx.Err() != nil {
		r.Incomplete = context.Cause(ctx).Error()
		if r.Status == observe.Pass {
			r.Status = observe.Warn // nothing was found, and not everything was looked at
		}
	}
	return r
}

func (s *session) show(r report.Report) error {
	opts := report.Options{Color: s.color, Symbols: s.symbols, Again: s.again}
	if size, ok := terminal(s.stdout); ok {
		opts.Width, _ = size()
	}
	if err := s.format.Write(s.stdout, r, opts); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	var failed error
	if s.format.Name == "github" {
		failed = writeJobSummary(r)
	}
	for _, f := range s.further {
		failed = errors.Join(failed, f.write(r, s.stdout, s.stderr))
	}
	if failed != nil {
		complain(s.stderr, failed)
	}
	if status := s.status(r); status != statusFine {
		return exitCode(status)
	}
	if failed != nil {
		return exitCode(statusNoResult)
	}
	return nil
}

// status is the exit status of a run.
func (s *session) status(r report.Report) int {
	switch seen := worst(r.Results); {
	case seen == observe.Fail, seen == observe.Warn && s.failOnWarn:
		return statusFound
	case r.Incomplete != "":
		return statusNoResult
	}
	return statusFine
}
