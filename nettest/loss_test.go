//go:build nettest && linux

package nettest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// TestLoss loses 30 % of all packets, in both directions and by chance: what is
// seen differs from run to run, down to nothing at all. What is said must never
// be sure of another cause. One check after the other may wait for its
// whole time, so that only the end of the run bounds it.
func TestLoss(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := scenario{link: wire{oneWay: time.Millisecond, loss: 0.3, seed: seed}.join}.run(t)
			v := diagnosis.Diagnose(diagnosis.Seen{Results: r.Results})
			t.Logf("%.1fs: %s\n%s%s", r.Took.Seconds(), v.Summary, named(v), r)
			for _, f := range v.Causes {
				if f.Confidence != diagnosis.Possible && f.Code != "net.lossy" && !strings.HasSuffix(f.Code, ".slow") {
					t.Errorf("%s is said to be %s, while packets are lost", f.Code, f.Confidence)
				}
			}
			if r.Took > runLimit+time.Second {
				t.Errorf("the report took %s, want at most %s", r.Took, runLimit)
			}
		})
	}
}
