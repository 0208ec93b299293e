//go:build long || starved

package lab

import (
	"fmt"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
)

// truth are the codes of the faults, and what else they bring about together.
func truth(faults []Fault) []string {
	var codes []string
	for _, f := range faults {
		codes = append(codes, f.Code)
	}
	return corpus.Truth(codes)
}

func applyAll(faults []Fault) func(*plan) {
	return func(p *plan) {
		for _, f := range faults {
			f.apply(p)
		}
	}
}

// wronglyNamed returns a cause that the verdict is certain of, or calls likely,
// and that none of the faults has brought about, or "".
func (o outcome) wronglyNamed(faults []Fault) string {
	for _, c := range o.verdict() {
		if c.Confidence != causes.Possible && !corpus.IsTrue(truth(faults), c.Code) {
			return fmt.Sprintf("%s is named as %s%s", c.Code, c.Confidence, o)
		}
	}
	return ""
}
