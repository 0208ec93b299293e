package lab

import (
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestSilenceIsNamedInTime has nothing come from the API server, from DNS, from anybody.
func TestSilenceIsNamedInTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*plan)
		first  string
		within time.Duration
	}{
		{"the API server", apiBy(route{silent: true}), "net.api-blocked", 5 * time.Second},
		{"the API server behind TCP", faultOf("net.handshake-stalled"), "net.handshake-stalled", 5 * time.Second},
		{"DNS", faultOf("dns.silent"), "dns.silent", 5100 * time.Millisecond},
		{"everybody", faultOf("net.egress-blocked"), "net.egress-blocked", 6 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: tc.change}.look(t)
			if o.took > tc.within {
				t.Errorf("the run took %s, want at most %s%s", o.took, tc.within, o)
			}
			if named := o.causes(); len(named) == 0 || named[0] != tc.first {
				t.Errorf("got the causes %q, want %s first%s", named, tc.first, o)
			}
		})
	}
}

// TestAnswerAtTheEndOfTheWait has an API server that answers before the run is over: what
// was seen beside the wait came too early.
func TestAnswerAtTheEndOfTheWait(t *testing.T) {
	t.Parallel()
	o := world{
		change: apiBy(route{silent: true}),
		after: func(pod *Pod) error {
			time.AfterFunc(3900*time.Millisecond, func() { pod.dialer.set("tcp "+apiAddress, route{server: "api"}) })
			return nil
		},
	}.look(t)
	if r := o.of("net.connect"); r.Status != observe.Fail {
		t.Errorf("net.connect: got %s: %s, want fail%s", r.Status, r.Summary, o)
	}
	if named := o.causes(); len(named) == 0 || named[0] != "net.not-ready-yet" || slices.Contains(named, "net.api-blocked") {
		t.Errorf("got the causes %q, want net.not-ready-yet, and not net.api-blocked%s", named, o)
	}
	if r := o.of("probe.fresh"); r.Observations[observe.AgainConnects.ID][0].N != 6 {
		t.Errorf("probe.fresh: got %s, want every connection to succeed%s", r.Summary, o)
	}
}

// TestLateAnswerEndsWhatBeganBesideTheWait has each connection come after the third SYN.
func TestLateAnswerEndsWhatBeganBesideTheWait(t *testing.T) {
	t.Parallel()
	o := world{change: apiBy(route{server: "api", after: 3060 * time.Millisecond})}.look(t)
	if r := o.of("net.connect"); r.Status != observe.Warn {
		t.Errorf("net.connect: got %s: %s, want warn%s", r.Status, r.Summary, o)
	}
	if named := o.causes(); slices.Contains(named, "net.api-blocked") {
		t.Errorf("got the causes %q, want none of silence%s", named, o)
	}
}
