package lab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// pairLimit is what a check has in a pair, and pairRun the whole run.
const (
	pairLimit = 1200 * time.Millisecond
	pairRun   = 20 * time.Second
)

// TestPairs runs every pair of faults, with the experiments that follow: none
// may make a check panic, hang or print the token, and no cause is named as
// certain or likely that is not one of the two.
func TestPairs(t *testing.T) {
	t.Parallel()
	faults := Faults()
	var pairs [][2]Fault
	for i, first := range faults {
		for _, second := range faults[i+1:] {
			pairs = append(pairs, [2]Fault{first, second})
		}
	}
	outcomes := make([]outcome, len(pairs))
	base := memoryDir(t)
	var group errgroup.Group
	group.SetLimit(48)
	for i, pair := range pairs {
		group.Go(func() (err error) {
			outcomes[i], err = examinePair(t, base, pair)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, o := range outcomes {
		name := pairs[i][0].Code + " and " + pairs[i][1].Code
		if broken := o.broken(pairRun); broken != "" { // perhaps by the load alone
			t.Logf("%s: %s", name, broken)
			var err error
			if o, err = examinePair(t, base, pairs[i]); err != nil {
				t.Fatal(err)
			}
		}
		if broken := o.broken(pairRun); broken != "" {
			t.Errorf("%s: %s", name, broken)
		}
		if wrong := o.wronglyNamed(pairs[i]); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
		if leak := o.leak(t); leak != "" {
			t.Errorf("%s: the results hold %q of the token", name, leak)
		}
	}
}

func examinePair(t *testing.T, base string, pair [2]Fault) (outcome, error) {
	dir, err := os.MkdirTemp(base, "")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(dir)
	both := func(p *plan) {
		pair[0].apply(p)
		pair[1].apply(p)
	}
	return world{limit: pairLimit, change: both}.examine(t.Context(), dir)
}

// alsoTrue are pairs that bring about more than the two.
var alsoTrue = map[[2]string][]string{
	{"env.not-a-pod", "env.malformed"}:           {"volume.not-mounted", "dns.node-resolver"}, // there is nothing of a pod
	{"volume.ca-expired", "volume.ca-bundle"}:    {"tls.expired"},                             // the CA that signed the certificate has ended
	{"env.overridden", "proxy.client-dependent"}: {"proxy.in-path"},                           // what NO_PROXY lists is not where it goes
}

// slow are faults that show themselves only after pairLimit.
var slow = []string{"net.host-unreachable", "dns.slow", "api.slow"}

// wronglyNamed returns a cause that the verdict is certain of, or calls likely,
// and that none of the faults has brought about, or "".
func (o outcome) wronglyNamed(pair [2]Fault) string {
	for _, c := range diagnosis.Diagnose(diagnosis.Seen{Results: o.results}).Causes {
		isSlow := slices.Contains(slow, pair[0].Code) || slices.Contains(slow, pair[1].Code)
		switch {
		case c.Confidence == diagnosis.Possible, c.Confidence == diagnosis.Likely && isSlow:
		case slices.ContainsFunc(pair[:], func(f Fault) bool { return f.Code == c.Code || f.Seen == c.Code }):
		case !slices.Contains(alsoTrue[[2]string{pair[0].Code, pair[1].Code}], c.Code):
			return fmt.Sprintf("%s is named as %s", c.Code, c.Confidence)
		}
	}
	return ""
}

// broken says what no run may do, or "".
func (o outcome) broken(most time.Duration) string {
	ran := 0
	for _, r := range o.results {
		if r.Code == "internal.error" {
			return fmt.Sprintf("%s: %s %s", r.ID, r.Summary, r.Evidence.Get("stack 10"))
		}
		if !strings.HasPrefix(r.ID, "probe.") {
			ran++
		}
	}
	if want := len(checks.All()); ran != want {
		return fmt.Sprintf("got %d results, want %d", ran, want)
	}
	if o.took > most {
		return fmt.Sprintf("took %s, want at most %s", o.took, most)
	}
	return ""
}
