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

	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Row is one provoked fault and its verdict.
type Row struct {
	Fault string
	Want  string // the code that is right, "" for a healthy pod
	Got   []diagnose.Finding
	Took  time.Duration
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
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %.1f s |", r.Fault, want, first, confidence, rank, r.Took.Seconds())
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
	all, right := map[bool]int{}, map[bool]int{} // by whether the pod is healthy
	var b bytes.Buffer
	for _, r := range t.rows {
		fmt.Fprintln(&b, r)
		all[r.Healthy()]++
		if r.Right() {
			right[r.Healthy()]++
		}
	}
	text := fmt.Sprintf("The right cause comes first in %d of %d faults; none is named in %d of %d healthy pods.\n\n| provoked | right cause | first named | confidence | rank | time to verdict |\n| --- | --- | --- | --- | --- | --- |\n%s",
		right[false], all[false], right[true], all[true], b.String())
	return replace(page, section, text)
}

// replace puts a text between the two markers of a section.
func replace(page, section, text string) error {
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
