package lab

import (
	"slices"
	"strings"
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

// firstNameserverSilent has two nameservers, of which the first is silent.
func firstNameserverSilent(p *plan) {
	two(func(p *plan) {
		p.routes["udp "+dnsIP+":53"], p.routes["tcp "+dnsIP+":53"] = route{silent: true}, route{silent: true}
	})(p)
}

// TestWaitThatOthersFollow has a silence behind which checks can still run: what would be seen
// beside the wait is not all that there is to see.
func TestWaitThatOthersFollow(t *testing.T) {
	t.Parallel()
	byName := func(p *plan) {
		p.env["KUBERNETES_SERVICE_HOST"] = "api.shop.example"
		hostAt(p, "api.shop.example", namedAPI)
		p.routes["tcp "+namedAPI+":443"] = p.routes["tcp "+apiAddress]
	}
	proxied := func(p *plan) {
		throughProxy(p)
		p.setenv("HTTPS_PROXY", "http://"+httpProxyAddress)
		p.routes["tcp "+apiAddress] = route{silent: true}
	}
	for _, tc := range []struct {
		name  string
		w     world
		first string
	}{
		{"the API's host is a name, and a token is refused now and then", world{change: all(faultOf("token.intermittent"), firstNameserverSilent, byName)}, "token.intermittent"},
		{"the API's host is a name, and its Service has no endpoints", world{change: all(faultOf("net.no-endpoints"), firstNameserverSilent, byName)}, "net.no-endpoints"},
		{"a Service of the namespace is in the environment", world{change: all(firstNameserverSilent, ownService("443", "https", route{silent: true}))}, "env.links-collision"},
		{"the direct way is silent, and a token is refused now and then behind a proxy", world{change: all(faultOf("token.intermittent"), proxied), after: openProxy, only: []string{"*"}}, "token.intermittent"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := tc.w.look(t)
			if named := o.causes(); !slices.Contains(named, tc.first) {
				t.Errorf("got the causes %q, want %s among them%s", named, tc.first, o)
			}
		})
	}
}

// TestLostSYNHoldsUpNoRequest has the server refuse the token and close the connection, while
// one of the connections that prove the Service waits.
func TestLostSYNHoldsUpNoRequest(t *testing.T) {
	t.Parallel()
	o := world{limit: 2 * time.Second, change: all(turns("c"+strings.Repeat("s", 7)+strings.Repeat("c", 60)), faultOf("token.rejected"))}.look(t)
	if r := o.of("api.health"); r.Status != observe.Pass || time.Duration(r.Took) > 500*time.Millisecond {
		t.Errorf("api.health: got %s after %s: %s, want pass soon%s", r.Status, time.Duration(r.Took), r.Summary, o)
	}
}
