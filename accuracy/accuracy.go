// Package accuracy collects what the tests provoked and what the verdict made
// of it, and keeps the page docs/accuracy.md.
package accuracy

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Row is one provoked fault and its verdict.
type Row struct {
	Fault string
	Want  string   // the code that is right, "" for a healthy pod
	Also  []string // what else is true
	Got   []diagnose.Finding
	Took  time.Duration
	// Results are what the verdict rests on, for the corpus.
	Results []observe.Result
}

// Rank is the place of the right cause among those named, from 1; 0 when it is
// not among them.
func (r Row) Rank() int {
	return 1 + slices.IndexFunc(r.Got, func(f diagnose.Finding) bool { return f.Code == r.Want })
}

// Healthy says that nothing was wrong.
func (r Row) Healthy() bool { return r.Want == "" }

// Right says that the right cause comes first, or that none is named where
// nothing is wrong.
func (r Row) Right() bool { return r.Healthy() && len(r.Got) == 0 || r.Rank() == 1 }

// Decided says that the right cause comes first, and is likely or certain.
func (r Row) Decided() bool {
	return !r.Healthy() && r.Right() && r.Got[0].Confidence != causes.Possible
}

// Untrue are the causes that are named although nothing brought them about. The
// general cause of a special one is true as well.
func (r Row) Untrue() (codes []string) {
	for _, f := range r.Got {
		if !corpus.IsTrue(append([]string{r.Want}, r.Also...), f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func (r Row) String() string {
	first, confidence, rank := "none", "", "-"
	if len(r.Got) > 0 {
		first, confidence = "`"+r.Got[0].Code+"`", string(r.Got[0].Confidence)
	}
	if n := r.Rank(); n > 0 && r.Want != "" {
		rank = fmt.Sprint(n)
	}
	want := "none"
	if r.Want != "" {
		want = "`" + r.Want + "`"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %d | %.1f s |", r.Fault, want, first, confidence, rank, len(r.Untrue()), r.Took.Seconds())
}

// Table is a section of the page. The zero value is ready; rows may be added
// side by side.
type Table struct {
	mu   sync.Mutex
	rows []Row
}

// Add adds a row.
func (t *Table) Add(r Row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
}

// Write replaces the section of that name in the page: what stands between its
// two markers.
func (t *Table) Write(page, section string) error {
	slices.SortFunc(t.rows, func(a, b Row) int { return strings.Compare(a.Fault, b.Fault) })
	var faults, healthy, right, none, decided, untrue int
	var took []time.Duration
	var b bytes.Buffer
	for _, r := range t.rows {
		fmt.Fprintln(&b, r)
		if r.Healthy() {
			healthy++
			none += count(r.Right())
			continue
		}
		faults, right, decided, untrue = faults+1, right+count(r.Right()), decided+count(r.Decided()), untrue+len(r.Untrue())
		took = append(took, r.Took)
	}
	slices.Sort(took)
	text := fmt.Sprintf("The right cause comes first in %d of %d faults, and in %d it is likely or certain. Beside it %d others are named that are\nnot true. None is named in %d of %d healthy pods. The median time to the verdict on a fault is %.1f s.\n\n"+
		"| provoked | right cause | first named | confidence | rank | untrue beside it | time to verdict |\n| --- | --- | --- | --- | --- | --- | --- |\n%s",
		right, faults, decided, untrue, none, healthy, median(took).Seconds(), b.String())
	return replace(page, section, text)
}

// Keep writes what each row has shown into a file of the corpus.
func (t *Table) Keep(file string) error {
	var cases []corpus.Case
	for _, r := range t.rows {
		var truth []string
		if !r.Healthy() {
			truth = append([]string{r.Want}, r.Also...)
		}
		cases = append(cases, corpus.Of(r.Fault, truth, r.Results))
	}
	return corpus.Write(file, cases)
}

// pages is held while one is written: tests run side by side.
var pages sync.Mutex

// replace puts a text between the two markers of a section.
func replace(page, section, text string) error {
	pages.Lock()
	defer pages.Unlock()
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+section+" -->\n", "<!-- end of "+section+" -->\n"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no section %q", page, section)
	}
	return os.WriteFile(page, []byte(before+begin+text+end+after), 0o644)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func median(sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}
