package lab

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// TestPairs runs every pair of faults: none may make a check panic, hang or
// print the token, and no cause is certain that is not one of the two.
func TestPairs(t *testing.T) {
	t.Parallel()
	faults := Faults()
	var pairs [][]Fault
	for i, first := range faults {
		for _, second := range faults[i+1:] {
			pairs = append(pairs, []Fault{first, second})
		}
	}
	l := limits{run: 4 * time.Second, check: 500 * time.Millisecond}
	for i, o := range examineAll(t, pairs, l) {
		if broken := o.broken(l); broken != "" { // perhaps by the load alone
			t.Logf("%s and %s: %s", pairs[i][0].Code, pairs[i][1].Code, broken)
			var err error
			if o, err = examineFaults(memoryDir(t), pairs[i], l); err != nil {
				t.Fatal(err)
			}
		}
		name := pairs[i][0].Code + " and " + pairs[i][1].Code
		if broken := o.broken(l); broken != "" {
			t.Errorf("%s: %s", name, broken)
		}
		if wrong := o.wronglyCertain(pairs[i]); wrong != "" && wrong != alsoTrue[[2]string{pairs[i][0].Code, pairs[i][1].Code}] {
			t.Errorf("%s: %s is named as certain", name, wrong)
		}
		if leak := o.leak(t); leak != "" {
			t.Errorf("%s: the results hold %q of the token", name, leak)
		}
	}
}

// alsoTrue are pairs that bring about a third thing.
var alsoTrue = map[[2]string]string{
	{"env.not-a-pod", "env.malformed"}:        "volume.not-mounted", // there is nothing of a pod
	{"volume.ca-expired", "volume.ca-bundle"}: "tls.expired",        // the CA that signed the certificate has ended
}

// wronglyCertain returns a code that the verdict is certain of and that none of
// the faults has brought about, or "".
func (o outcome) wronglyCertain(faults []Fault) string {
	for _, c := range diagnosis.Diagnose(diagnosis.Seen{Results: o.results}).Causes {
		if c.Confidence == diagnosis.Certain && !slices.ContainsFunc(faults, func(f Fault) bool { return f.Code == c.Code || f.Seen == c.Code }) {
			return c.Code
		}
	}
	return ""
}

// broken says what no run may do, or "".
func (o outcome) broken(l limits) string {
	if got, want := len(o.results), len(checks.All()); got != want {
		return fmt.Sprintf("got %d results, want %d", got, want)
	}
	for _, r := range o.results {
		if r.Code == "internal.error" {
			return fmt.Sprintf("%s: %s %s", r.ID, r.Summary, r.Evidence.Get("stack 10"))
		}
	}
	if late := l.run + time.Second; o.took > late {
		return fmt.Sprintf("took %s, want at most %s", o.took, late)
	}
	return ""
}
