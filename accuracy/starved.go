package accuracy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Starved counts what the verdict makes of faults with little CPU, beside what it
// makes of them without load. The zero value is ready; faults may be added side by side.
type Starved struct {
	mu                                                        sync.Mutex
	all, noted, right, rightQuiet, named, less, lost, wrongly int
}

// Add counts a pod; truth are the codes of its faults, noted says that the starved
// run has told that it was.
func (s *Starved) Add(truth []string, quiet, starved []diagnose.Finding, noted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := func(found []diagnose.Finding) bool { return len(found) > 0 && corpus.IsTrue(truth, found[0].Code) }
	s.all++
	s.noted += count(noted)
	s.right += count(first(starved))
	s.rightQuiet += count(first(quiet))
	s.lost += len(Lost(truth, quiet, starved))
	sure := func(found []diagnose.Finding, code string) bool {
		return slices.ContainsFunc(found, func(f diagnose.Finding) bool { return f.Code == code && f.Confidence != causes.Possible })
	}
	for _, f := range starved {
		switch {
		case slices.Contains(truth, f.Code):
			s.named++
			s.less += count(f.Confidence == causes.Possible && sure(quiet, f.Code))
		case !corpus.IsTrue(truth, f.Code):
			s.wrongly += count(f.Confidence != causes.Possible)
		}
	}
}

// Lost are the codes of truth that the first verdict names and the second does not.
func Lost(truth []string, quiet, starved []diagnose.Finding) []string {
	names := func(found []diagnose.Finding, code string) bool {
		return slices.ContainsFunc(found, func(f diagnose.Finding) bool { return f.Code == code })
	}
	return slices.DeleteFunc(slices.Clone(truth), func(code string) bool { return !names(quiet, code) || names(starved, code) })
}

// WriteStarved replaces the section of that name in the page.
func WriteStarved(page, section string, faults, pairs *Starved) error {
	var b strings.Builder
	b.WriteString("| | run | call themselves starved | right first | right first without load | right causes named | of them less sure than without load | lost | wrongly likely or certain |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, row := range []struct {
		name string
		*Starved
	}{{"single faults", faults}, {"pairs", pairs}} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n",
			row.name, row.all, row.noted, row.right, row.rightQuiet, row.named, row.less, row.lost, row.wrongly)
	}
	return replace(page, section, b.String())
}
