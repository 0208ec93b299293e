// Package examine runs the checks in a pod, and after them the probes that can still
// distinguish the causes that remain.
package examine

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// AllChecks returns every check and every probe.
func AllChecks() []*checks.Check { return append(checks.All(), checks.Probes()...) }

// Run is checks.Run with the probes that Choose chooses, and those that a pattern of
// asked names. A check knows no clients: where it warns of what most of them refuse, its
// result is a failure here.
func Run(ctx context.Context, sys *pod.System, list []*checks.Check, limit time.Duration, asked []string) iter.Seq[observe.Result] {
	return func(yield func(observe.Result) bool) {
		var seen []observe.Set
		for result := range run(ctx, sys, list, limit, asked) {
			before := seen
			seen = append(seen, result.Observations)
			if result.Status == observe.Warn && !mostFail(before) && mostFail(seen) {
				result.Status = observe.Fail
				result.Summary += "; most clients fail: " + strings.Join(clients.Failing(clients.Table(observe.Merge(seen...))), ", ")
			}
			if !yield(result) {
				return
			}
		}
	}
}

func mostFail(seen []observe.Set) bool {
	return clients.MostFail(clients.Table(observe.Merge(seen...)))
}

func run(ctx context.Context, sys *pod.System, list []*checks.Check, limit time.Duration, asked []string) iter.Seq[observe.Result] {
	return checks.Run(ctx, sys, list, limit, func(seen observe.Set, probes []*checks.Check) map[string]string {
		why := Choose(seen, probes)
		for _, p := range probes {
			if _, chosen := why[p.ID]; !chosen && checks.Matches(asked, p.ID) {
				why[p.ID] = ""
			}
		}
		return why
	})
}

// Choose picks the probes that record a subject on which the remaining causes differ,
// and says which causes those are.
func Choose(seen observe.Set, probes []*checks.Check) map[string]string {
	if !diagnose.Unwell(seen) {
		return map[string]string{}
	}
	chosen := map[string][]string{}
	for _, wanted := range diagnose.Undecided(causes.All(), seen) {
		for _, p := range probes {
			if !slices.ContainsFunc(p.Records, func(s *observe.Row) bool { return s == wanted.Subject }) {
				continue
			}
			for _, code := range wanted.For {
				if !slices.Contains(chosen[p.ID], code) {
					chosen[p.ID] = append(chosen[p.ID], code)
				}
			}
		}
	}
	why := map[string]string{}
	for id, codes := range chosen {
		why[id] = strings.Join(codes, ", ")
	}
	return why
}
