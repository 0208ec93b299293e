package diagnose_test

import (
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
)

// longest is how long a verdict on one fault may take.
const longest = 10 * time.Second

var writeAccuracy = flag.Bool("accuracy", false, "write what was found into docs/accuracy.md")

func verdictOn(t *testing.T, faults ...string) (diagnose.Verdict, time.Duration) {
	t.Helper()
	results, took := trial.Results(t, append(checks.All(), checks.Probes()...), faults...)
	return diagnose.Diagnose(causes.Pod{}, results), took
}

// outline is "code confidence" of each cause.
func outline(v diagnose.Verdict) string {
	var lines []string
	for _, c := range v.Causes {
		lines = append(lines, c.Code+" "+string(c.Confidence))
	}
	return strings.Join(lines, ", ")
}

// undecidable are special cases of which a pod sees no more than of the general cause,
// which is true as well and named first.
var undecidable = map[string]string{
	"token.unknown-key":    "token.rejected", // the keys are not to be read without a token that is accepted
	"token.unknown-issuer": "token.rejected", // nor is the issuer
}

// TestSweep provokes every fault of the lab: its cause comes first, and no
// other is more than possible. In a healthy pod none is named.
func TestSweep(t *testing.T) {
	var table accuracy.Table
	t.Cleanup(func() {
		if *writeAccuracy {
			if err := table.Write("../docs/accuracy.md", "lab"); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("healthy", func(t *testing.T) {
		t.Parallel()
		v, took := verdictOn(t)
		table.Add(accuracy.Row{Fault: "healthy", Got: v.Causes, Took: took})
		if len(v.Causes) > 0 {
			t.Errorf("got %s, want no cause", outline(v))
		}
	})
	for _, fault := range lab.Faults() {
		if fault.NonRoot {
			continue // shown by the lab's own test, as another user
		}
		t.Run(fault.Code, func(t *testing.T) {
			t.Parallel()
			v, took := verdictOn(t, fault.Code)
			table.Add(accuracy.Row{Fault: fault.Code, Want: fault.Code, Got: v.Causes, Took: took})
			if took > longest {
				t.Errorf("the verdict took %s, want at most %s", took, longest)
			}
			want := fault.Code
			if other, ok := undecidable[want]; ok {
				want = other
			}
			if len(v.Causes) == 0 || v.Causes[0].Code != want {
				t.Fatalf("got %s, want %s first; %s", outline(v), want, v.Summary)
			}
			for _, c := range v.Causes[1:] {
				if c.Confidence != causes.Possible {
					t.Errorf("%s is named %s beside %s: %s", c.Code, c.Confidence, want, outline(v))
				}
			}
			if open := v.Causes[0]; open.Confidence == causes.Possible && len(v.Causes) > 1 && !slices.ContainsFunc(v.Causes, func(c diagnose.Finding) bool { return c.Confirm.Known() }) {
				t.Errorf("%s stays open, and nothing says what would decide", outline(v))
			}
		})
	}
}
