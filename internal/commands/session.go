package commands

import (
	"context"
	"fmt"
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

// Session is one call of check, watch or demo.
type Session struct {
	Output
	Sys *pod.System
	// Doctor says that the pod is k8sdoctor's own, and ForPod for which pod it stands in.
	Doctor bool
	ForPod string
	// Quiet shows nothing while it runs.
	Quiet            bool
	NoExternalProbes bool
	// Limit is for a run, CheckLimit for one check.
	Limit, CheckLimit time.Duration
	Version           string
	// List is what is run, and Only the patterns by which it was asked for.
	List      []*checks.Check
	Only      []string
	simulated bool
}

// NewSession reads RunFlags.
func NewSession(c *cli.Context) (*Session, error) {
	out, err := NewOutput(c)
	if err != nil {
		return nil, err
	}
	s := &Session{
		Output: out, Limit: c.Duration("timeout"), CheckLimit: c.Duration("check-timeout"),
		NoExternalProbes: c.Bool("no-external-probes"), Version: c.App.Version, Only: Given(c, "only"),
	}
	for name, given := range map[string]time.Duration{"timeout": s.Limit, "check-timeout": s.CheckLimit} {
		if given <= 0 {
			return nil, fmt.Errorf("--%s %s: a time limit must be positive", name, given)
		}
	}
	s.List, err = s.choose(s.Only, Given(c, "skip"))
	return s, err
}

// choose selects the checks of the run, and says on standard error what cannot
// run because of what is skipped.
func (s *Session) choose(only, skip []string) ([]*checks.Check, error) {
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
		Complain(s.Stderr, fmt.Errorf("--skip %s also leaves out what needs it: %s", strings.Join(skip, ","), strings.Join(lost, " ")))
	}
	return list, nil
}

// RunUntil runs the checks until nothing is found, and starts no further run
// after end.
func (s *Session) RunUntil(ctx context.Context, end time.Time) report.Report {
	var before report.Report
	for attempt := 1; ; attempt++ {
		r := s.RunOnce(ctx, attempt)
		if r.Incomplete != "" && s.Status(r) != Found && s.Status(before) == Found {
			before.Incomplete = r.Incomplete // what the last whole run found still stands
			return before
		}
		before = r
		if s.Status(r) == Fine || ctx.Err() != nil || !time.Now().Add(betweenAttempts).Before(end) {
			return r
		}
		select {
		case <-time.After(betweenAttempts):
		case <-ctx.Done():
			return r
		}
	}
}

// RunOnce runs the checks.
func (s *Session) RunOnce(ctx context.Context, attempt int) report.Report {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Limit, fmt.Errorf("--timeout %s is over", s.Limit))
	defer cancel()
	started := time.Now()
	var results []observe.Result
	seen := func(r observe.Result) { results = append(results, r) }
	if size, ok := Terminal(s.Stderr); ok && !s.Quiet {
		live := report.NewLive(s.Stderr, s.List, size, report.Options{Color: s.color, Symbols: s.symbols})
		defer live.Close()
		seen = func(r observe.Result) {
			results = append(results, r)
			live.Add(r)
		}
	}
	for result := range examine.Run(ctx, s.Sys, s.List, s.CheckLimit, s.Only) {
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
