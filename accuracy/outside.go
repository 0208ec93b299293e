package accuracy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// Outside compares verdicts on the same faults from inside a pod, and with what the
// launcher adds.
type Outside struct {
	mu   sync.Mutex
	rows []outsideRow
}

type outsideRow struct{ inside, both Row }

// Add adds a fault: as it was judged from inside, and with the cluster's API, whose cause may
// be a more precise one.
func (o *Outside) Add(inside, both Row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = append(o.rows, outsideRow{inside, both})
}

// Write replaces the section of that name in the page.
func (o *Outside) Write(page, section string) error {
	slices.SortFunc(o.rows, func(a, b outsideRow) int { return strings.Compare(a.inside.Fault, b.inside.Fault) })
	var faults, right, rightBoth, decided, decidedBoth, certain, certainBoth, untrue, untrueBoth int
	var b bytes.Buffer
	for _, r := range o.rows {
		if r.inside.Healthy() {
			continue
		}
		faults++
		right, rightBoth = right+count(r.inside.Right()), rightBoth+count(r.both.Right())
		decided, decidedBoth = decided+count(r.inside.Decided()), decidedBoth+count(r.both.Decided())
		certain, certainBoth = certain+count(r.inside.certain()), certainBoth+count(r.both.certain())
		untrue, untrueBoth = untrue+len(r.inside.Untrue()), untrueBoth+len(r.both.Untrue())
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", r.inside.Fault, r.both.Want, first(r.inside.Got), first(r.both.Got))
	}
	text := fmt.Sprintf("Of %d faults, the right cause comes first in %d from inside and in %d with the launcher; it is likely or certain in %d and %d,\ncertain in %d and %d. Beside it %d and %d others are named that are not true.\n\n"+
		"| provoked | right cause | from inside | with the launcher |\n| --- | --- | --- | --- |\n%s",
		faults, right, rightBoth, decided, decidedBoth, certain, certainBoth, untrue, untrueBoth, b.String())
	return replace(page, section, text)
}

func (r Row) certain() bool { return r.Right() && len(r.Got) > 0 && r.Got[0].Confidence == "certain" }

func first(named []diagnose.Finding) string {
	if len(named) == 0 {
		return "none"
	}
	return fmt.Sprintf("`%s`, %s", named[0].Code, named[0].Confidence)
}
