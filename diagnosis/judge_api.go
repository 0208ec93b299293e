package diagnosis

import (
	"strconv"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

// judgeOverloaded knows the API server's own 429 by the flow schema that its
// headers name; a proxy on the way names none.
func judgeOverloaded(s Seen, r checks.Result) []fit {
	busy := as(r.Code)
	switch away, all := s.turnedAway(); {
	case away == 0:
	case away < all:
		busy = busy.because("%d of %d fresh connections are turned away, too: it comes and goes", away, all)
	default:
		busy = busy.because("all of %d fresh connections are turned away, too", all)
	}
	if r.Evidence.Get("x-kubernetes-pf-flowschema-uid") == "" {
		return []fit{busy}
	}
	return []fit{busy.sure(causes.Likely).because("the answer names the flow schema that holds this account's requests: it is the API server's own")}
}

// turnedAway counts the fresh connections, of all, that were answered with 429.
func (s Seen) turnedAway() (away, all int) {
	for leaf, times := range s.facts("probe.fresh", "leaf ") {
		n, _ := strconv.Atoi(times)
		all += n
		if strings.Contains(leaf, ", review 429") {
			away += n
		}
	}
	return away, all
}

// judgeUnhealthy believes an API server that names its failing parts itself; any
// 5xx else may come from what stands before it.
func judgeUnhealthy(r checks.Result) []fit {
	for _, path := range []string{"readyz", "livez"} {
		if _, parts, ok := strings.Cut(r.Evidence.Get(path), "failing: "); ok {
			return []fit{as(r.Code).sure(causes.Likely).because("the API server itself says at /%s what fails: %s", path, parts)}
		}
	}
	return nil
}
