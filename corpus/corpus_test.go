package corpus_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

const (
	dir     = "testdata"
	figures = dir + "/figures.json"
)

var update = flag.Bool("update", false, "take the figures of today for those to be kept up")

// judge is the verdict that is measured.
func judge(results []observe.Result) []corpus.Named {
	var named []corpus.Named
	for _, f := range diagnose.Diagnose(causes.Pod{}, results).Causes {
		named = append(named, corpus.Named{Code: f.Code, Confidence: f.Confidence})
	}
	return named
}

// TestCorpus judges every fault of the lab, and every stored set: no figure may fall
// behind those that are stored. With -v it prints both side by side.
func TestCorpus(t *testing.T) {
	stored, err := corpus.Stored(dir)
	if err != nil {
		t.Fatal(err)
	}
	now := []corpus.Figures{corpus.Count("lab", ofLab(t), judge)}
	for _, set := range stored {
		cases, err := corpus.Load(dir, set)
		if err != nil {
			t.Fatal(err)
		}
		now = append(now, corpus.Count(set, cases, judge))
	}
	compare(t, now)
}

// compare holds figures to the stored ones of the same sets.
func compare(t *testing.T, now []corpus.Figures) {
	t.Helper()
	var before []corpus.Figures
	data, err := os.ReadFile(figures)
	if err == nil {
		err = json.Unmarshal(data, &before)
	}
	if err != nil && !(*update && errors.Is(err, os.ErrNotExist)) {
		t.Fatal(err)
	}
	t.Logf("before / now\n\n%s", corpus.Table(before, now))
	for _, f := range now {
		i := slices.IndexFunc(before, func(b corpus.Figures) bool { return b.Set == f.Set })
		switch {
		case *update && i < 0:
			before = append(before, f)
		case *update:
			before[i] = f
		case i < 0 || before[i].Faults != f.Faults || before[i].Healthy != f.Healthy:
			t.Errorf("%s: %s has no figures of the same cases; go test ./corpus -run Corpus -update", f.Set, figures)
		default:
			if worse := f.Worse(before[i]); worse != "" {
				t.Errorf("%s: %s", f.Set, worse)
			}
		}
	}
	if *update {
		data, err := json.MarshalIndent(before, "", "  ")
		if err == nil {
			err = os.WriteFile(figures, append(data, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ofLab provokes every fault of the lab that root would notice, and none.
func ofLab(t *testing.T) []corpus.Case {
	worlds := [][]string{nil}
	for _, f := range lab.Faults() {
		if !f.NonRoot {
			worlds = append(worlds, []string{f.Code})
		}
	}
	return provoke(t, worlds)
}

// provoke runs the checks in a pod with each list of faults.
func provoke(t *testing.T, worlds [][]string) []corpus.Case {
	var mu sync.Mutex
	var cases []corpus.Case
	t.Run("worlds", func(t *testing.T) {
		for _, faults := range worlds {
			name := join(faults)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				results := run(t, faults)
				c := corpus.Of(name, corpus.Truth(faults), results)
				if diff := cmp.Diff(judge(results), judge(c.Results)); diff != "" {
					t.Errorf("the verdict on what is kept differs (-run +kept):\n%s", diff)
				}
				brief, err := observe.ReadCompact(observe.Compact{Results: results}.Encode(report.MaxObservations))
				if diff := cmp.Diff(judge(results), judge(brief.Results)); err != nil || brief.Missing > 0 || diff != "" {
					t.Errorf("in the compact form %d results are missing (%v), and the verdict differs (-run +compact):\n%s", brief.Missing, err, diff)
				}
				mu.Lock()
				defer mu.Unlock()
				cases = append(cases, c)
			})
		}
	})
	return cases
}

func join(faults []string) string {
	switch len(faults) {
	case 0:
		return "healthy"
	case 1:
		return faults[0]
	}
	return faults[0] + " and " + faults[1]
}

func run(t *testing.T, faults []string) []observe.Result {
	t.Helper()
	results, _ := trial.Results(t, examine.AllChecks(), faults...)
	return results
}

// TestStoredCasesAreTheSame has a set survive its file, and equal sets be equal bytes.
func TestStoredCasesAreTheSame(t *testing.T) {
	want := []corpus.Case{
		corpus.Of("a", []string{"net.api-blocked"}, run(t, []string{"net.api-blocked"})),
		corpus.Of("healthy", nil, run(t, nil)),
	}
	at := t.TempDir()
	var bytes [2][]byte
	for i, cases := range [][]corpus.Case{want, {want[1], want[0]}} {
		file := filepath.Join(at, "set.json.gz")
		err := corpus.Write(file, cases)
		if err == nil {
			bytes[i], err = os.ReadFile(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(bytes[0], bytes[1]) {
		t.Error("another order of the cases gives other bytes")
	}
	got, err := corpus.Load(at, "set")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestCasesHoldNoTexts but codes, ids and words of the vocabulary.
func TestCasesHoldNoTexts(t *testing.T) {
	results := []observe.Result{{ID: "net.connect", Title: "secret", Summary: "secret", Why: "secret", Status: observe.Fail,
		Evidence: observe.Evidence{{Key: "secret", Value: "secret"}},
		Observations: observe.Collect(func(log *observe.Log) {
			observe.APITCP.Saw(log, observe.Silent)
			observe.APIUser.Saw(log, "secret")
			observe.DNSNameservers.Saw(log, "secret")
			observe.DNSUDP.SawAt(log, "secret", observe.Silent)
			observe.APITook.Saw(log, time.Second)
			observe.TokenExpires.Saw(log, time.Now())
		}),
	}}
	want := []observe.Result{{ID: "net.connect", Status: observe.Fail, Observations: observe.Set{
		"net.api.tcp": {{Value: observe.Value{Word: "silent"}}}, "dns.udp": {{Value: observe.Value{Word: "silent"}}},
	}}}
	if diff := cmp.Diff(want, corpus.Of("a", nil, results).Results); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
