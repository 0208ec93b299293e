//go:build long

package lab

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/lab/bubble"
)

// pairLimit is what a check has in a pair, and pairRun the whole run.
const (
	pairLimit = 5 * time.Second
	pairRun   = 30 * time.Second
)

// TestPairs runs every pair of faults, with the probes that follow: none may
// make a check panic, hang or print the token, and no cause is named as certain
// or likely that is not one of the two.
//
// Pairs of a fault of the network with one of the network, DNS, TLS or the token are
// counted for docs/accuracy.md.
func TestPairs(t *testing.T) {
	base := t.TempDir()
	var figures accuracy.Pairs
	t.Cleanup(func() {
		if *writeAccuracy {
			if err := figures.Write("../docs/accuracy.md", "pairs"); err != nil {
				t.Error(err)
			}
		}
	})
	faults := Faults()
	for i, first := range faults {
		for _, second := range faults[i+1:] {
			t.Run(first.Code+" and "+second.Code, func(t *testing.T) {
				t.Parallel()
				dir, err := os.MkdirTemp(base, "")
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(dir)
				bubble.Run(t, func(t *testing.T) { examinePair(t, dir, [2]Fault{first, second}, &figures) })
			})
		}
	}
}

func examinePair(t *testing.T, dir string, pair [2]Fault, figures *accuracy.Pairs) {
	o, err := world{limit: pairLimit, change: applyAll(pair[:])}.examine(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if broken := o.broken(pairRun); broken != "" {
		t.Error(broken)
	}
	if ofNetwork(pair) {
		figures.Add(truth(pair[:]), o.verdict())
	}
	if wrong := o.wronglyNamed(pair[:]); wrong != "" {
		t.Error(wrong)
	}
	for _, wrong := range o.unfounded() {
		t.Error(wrong)
	}
	if leak := o.leak(t); leak != "" {
		t.Errorf("the results hold %q of the token", leak)
	}
}

// ofNetwork says that one fault is the network's, and the other of what comes after
// the environment on the path.
func ofNetwork(pair [2]Fault) bool {
	for i := range pair {
		if causes.LayerOf(pair[i].Code) == "net" && slices.Contains([]string{"net", "dns", "tls", "token"}, causes.LayerOf(pair[1-i].Code)) {
			return true
		}
	}
	return false
}
