package accuracy

import (
	"fmt"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Pairs counts what the verdict makes of two faults at a time. The zero value is
// ready; pairs may be added side by side.
type Pairs struct {
	mu                            sync.Mutex
	all, right, decided, untrue   int
	wronglyLikely, wronglyCertain int
}

// Add counts a pair; truth are the codes of both, and what else they bring about.
func (p *Pairs) Add(truth []string, got []diagnose.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all++
	if len(got) > 0 && corpus.IsTrue(truth, got[0].Code) {
		p.right++
		p.decided += count(got[0].Confidence != causes.Possible)
	}
	for _, f := range got {
		if corpus.IsTrue(truth, f.Code) {
			continue
		}
		p.untrue++
		p.wronglyLikely += count(f.Confidence == causes.Likely)
		p.wronglyCertain += count(f.Confidence == causes.Certain)
	}
}

// Write replaces the section of that name in the page.
func (p *Pairs) Write(page, section string) error {
	return replace(page, section, fmt.Sprintf("Of %d pairs, one of the two comes first in %d, and is likely or certain in %d. %d others are named beside them that are\nnot true, of which %d are likely and %d certain.\n",
		p.all, p.right, p.decided, p.untrue, p.wronglyLikely, p.wronglyCertain))
}
