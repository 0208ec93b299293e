//go:build long

package corpus_test

import (
	"slices"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/lab"
)

// TestCorpusOfPairs judges each fault of the network with each other one of the
// network, DNS, TLS or the token.
func TestCorpusOfPairs(t *testing.T) {
	var pairs [][]string
	faults := lab.Faults()
	for i, a := range faults {
		for _, b := range faults[i+1:] {
			layers := []string{causes.LayerOf(a.Code), causes.LayerOf(b.Code)}
			beside := func(layer string) bool { return slices.Contains([]string{"net", "dns", "tls", "token"}, layer) }
			if slices.Contains(layers, "net") && beside(layers[0]) && beside(layers[1]) {
				pairs = append(pairs, []string{a.Code, b.Code})
			}
		}
	}
	compare(t, []corpus.Figures{corpus.Count("pairs", provoke(t, pairs), judge)})
}
