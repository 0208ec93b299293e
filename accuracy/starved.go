package accuracy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Starved counts what the verdict makes of faults for want of CPU, beside what it
// makes of them without. The zero value is ready; faults may be added side by side.
type Starved struct {
	mu                                                 sync.Mutex
	all, noted, right, rightStarved, named, lost, less int
	wrongly                                            int
}

// Add counts a pod; truth are the codes of its faults, noted says that the starved
// run has told that it was.
func (s *Starved) Add(truth []string, quiet, starved []diagnose.Finding, noted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := func(found []diagnose.Finding) bool { return len(found) > 0 && IsTrue(truth, found[0].Code) }
	s.all++
	s.noted += count(noted)
	s.right += count(first(quiet))
	s.rightStarved += count(first(starved))
	s.lost += len(Lost(truth, quiet, starved))
	for _, f := range starved {
		switch {
		case !IsTrue(truth, f.Code):
			s.wrongly += count(f.Confidence != causes.Possible)
		case slices.Contains(truth, f.Code):
			s.named++
			s.less += count(f.Confidence == causes.Possible && slices.ContainsFunc(quiet, func(q diagnose.Finding) bool {
				return q.Code == f.Code && q.Confidence != causes.Possible
			}))
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
	b.WriteString("| | run | known to be starved | right first without load | right first | right causes named | of them only possible, and likely or certain without load | lost | wrongly likely or certain |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, row := range []struct {
		name string
		*Starved
	}{{"single faults", faults}, {"pairs", pairs}} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", row.name, row.all, row.noted, row.right, row.rightStarved, row.named, row.less, row.lost, row.wrongly)
	}
	return replace(page, section, b.String())
}
