//go:build nettest && linux

package nettest

import (
	"math"
	"testing"
	"time"
)

func healthy() []scenario {
	return []scenario{
		{name: "as it should be"},
		{name: "two API servers", endpoints: []string{api1Address, api2Address}},
		{
			name: "a policy before translation that allows the Service IPs and nothing else",
			node: []string{
				before("ip daddr 10.96.0.1 tcp dport 443 accept"),
				before("ip daddr 10.96.0.10 meta l4proto { tcp, udp } th dport 53 accept"),
				before("drop"),
			},
		},
		{
			name: "a policy after translation that allows the servers' addresses and nothing else",
			node: []string{
				after("ip daddr 172.18.0.2 tcp dport 6443 accept"),
				after("ip daddr 10.244.2.5 meta l4proto { tcp, udp } th dport 53 accept"),
				after("reject with icmp type admin-prohibited"),
			},
		},
		{
			name: "the pod's first packets are lost, as its network is new",
			node: []string{
				"nft add set inet faults young { type ipv4_addr; flags timeout; }",
				"nft add element inet faults young { 10.244.1.7 timeout 1500ms }",
				before("ip saddr @young drop"),
			},
		},
		{name: "the pod's packets take 20 ms", link: wire{oneWay: 20 * time.Millisecond}.join},
	}
}

// TestRoundTrips has 300 ms between sending and receiving, beside which the time
// of the processes is little; what else goes on on the machine may disturb one
// run, but not all of them.
func TestRoundTrips(t *testing.T) {
	const (
		roundTrip = 300 * time.Millisecond
		most      = 8 + 3 // to the API server, and to DNS
	)
	fewest := math.Inf(1)
	for tries := 0; fewest > most && tries < 5; tries++ {
		r := scenario{link: wire{oneWay: roundTrip / 2}.join}.run(t)
		if found := r.warningsAndFailures(); len(found) > 0 {
			t.Errorf("got %q, want none%s", found, r)
		}
		trips := r.Took.Seconds() / roundTrip.Seconds()
		t.Logf("%.1f round trips", trips)
		fewest = min(fewest, trips)
	}
	if fewest > most {
		t.Errorf("a healthy run took %.1f round trips, want at most %d", fewest, most)
	}
}
