package diagnosis

import (
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

// loss returns net.lossy where packets are lost whatever they are for:
// connections to the API server come late, and single DNS questions stall, of
// which there are two for each pair. Where nearly all stall, DNS is slow or far.
func (s Seen) loss() (lossy fit, shown bool) {
	stalled, _ := s.count("probe.dns-timing", "stalled singles")
	pairs, _ := s.count("probe.dns-timing", "pairs")
	lossy = as("net.lossy").sure(causes.Likely).
		because("net.connect: %s", s.Result("net.connect").Summary).
		because("probe.dns-timing: %s", s.Result("probe.dns-timing").Summary)
	return lossy, s.late() > 0 && stalled > 1 && stalled*10 < 2*pairs*9
}

// late is how many connections needed a second SYN; those of a check that passed
// were not met again when it looked once more.
func (s Seen) late() int {
	fresh, _ := s.count("probe.fresh", "slow connects")
	if s.Result("net.connect").Status == checks.Pass {
		return fresh
	}
	return fresh + s.sum("net.connect", "late", "late again")
}
