//go:build nettest && linux

package nettest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// TestLoss loses packets in both directions and by chance: what is seen differs
// from run to run, down to nothing at all. What is said must never be sure of
// another cause. Where three of ten are lost, one check after the other may wait
// for its whole time, so that only the end of the run bounds it.
func TestLoss(t *testing.T) {
	t.Parallel()
	of := []string{"net.lossy", "net.some-endpoints-dead", "net.handshake-stalled", "net.mtu", "net.api-blocked", "net.not-ready-yet", "dns.slow", "dns.slow-race", "dns.tcp-blocked", "dns.search-broken", "dns.aaaa-broken", "dns.silent", "api.slow", "api.unhealthy"}
	for _, rate := range []struct {
		loss  float64
		seeds uint64
		most  time.Duration
	}{
		{loss: 0.1, seeds: 6, most: longest},
		{loss: 0.2, seeds: 6, most: longest},
		{loss: 0.3, seeds: 4, most: runLimit + time.Second},
	} {
		for seed := range rate.seeds {
			t.Run(fmt.Sprintf("%.0f of 100 with seed %d", 100*rate.loss, seed), func(t *testing.T) {
				t.Parallel()
				r := scenario{link: wire{oneWay: time.Millisecond, loss: rate.loss, seed: seed}.join}.run(t)
				v := diagnose.Diagnose(causes.Pod{}, r.Results)
				t.Logf("%.1fs: %s\n%s%s", r.Took.Seconds(), v.Summary, named(v), r)
				for _, f := range v.Causes {
					if f.Confidence != causes.Possible && f.Code != "net.lossy" && !strings.HasSuffix(f.Code, ".slow") {
						t.Errorf("%s is said to be %s, while packets are lost", f.Code, f.Confidence)
					}
					if !slices.Contains(of, f.Code) {
						t.Errorf("%s is named, while packets are lost", f.Code)
					}
				}
				if r.Took > rate.most {
					t.Errorf("the report took %s, want at most %s", r.Took, rate.most)
				}
			})
		}
	}
}

// TestSilenceAmidLoss has nothing come from the API server, while one of five of all other
// packets is lost.
func TestSilenceAmidLoss(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			r := scenario{
				link: wire{oneWay: time.Millisecond, loss: 0.2, seed: seed}.join,
				node: []string{before("ip daddr 10.96.0.1 tcp dport 443 drop")},
			}.run(t)
			v := diagnose.Diagnose(causes.Pod{}, r.Results)
			t.Logf("%.1fs: %s\n%s%s", r.Took.Seconds(), v.Summary, named(v), r)
			if !slices.ContainsFunc(v.Causes, func(f diagnose.Finding) bool { return f.Code == "net.api-blocked" }) {
				t.Errorf("got %s, want net.api-blocked among the causes", named(v))
			}
			for _, f := range v.Causes {
				if f.Confidence != causes.Possible && f.Code != "net.api-blocked" && !strings.HasPrefix(f.Code, "dns.slow") {
					t.Errorf("%s is said to be %s, while the API server is silent", f.Code, f.Confidence)
				}
			}
		})
	}
}
