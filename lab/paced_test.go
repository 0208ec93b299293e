package lab

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// apiBy is the route of connections to the API server.
func apiBy(r route) func(*plan) { return func(p *plan) { p.routes["tcp "+apiAddress] = r } }

// turns are routes to the API server, one a letter: connected, late after one lost
// SYN, silent, refused.
func turns(letters string) func(*plan) {
	var list []route
	for _, letter := range letters {
		list = append(list, map[rune]route{
			'c': {server: "api"}, 'l': {server: "api", after: time.Second + time.Millisecond}, 's': {silent: true}, 'r': {},
		}[letter])
	}
	return apiBy(route{turns: list})
}

// TestPacedConnections has servers whose listen queue is short, and paths that
// lose SYNs: what this program brings about itself is not told as a fault.
func TestPacedConnections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   string // of net.connect
		first  string // of the causes
		beside string // that may not be named
	}{
		{name: "a queue of 5, from which a connection is taken every 20 ms", change: apiBy(route{server: "api", queue: listenQueue{5, 20 * time.Millisecond}}), want: "pass"},
		{name: "a queue of 2, from which a connection is taken every 20 ms", change: apiBy(route{server: "api", queue: listenQueue{2, 20 * time.Millisecond}}), want: "pass"},
		{name: "a queue of 1, from which a connection is taken every 40 ms", change: apiBy(route{server: "api", queue: listenQueue{1, 40 * time.Millisecond}}), want: "pass"},
		{
			name: "a short queue, and quite another fault",
			change: func(p *plan) {
				apiBy(route{server: "api", queue: listenQueue{1, 40 * time.Millisecond}})(p)
				made, _ := find([]string{"token.expired"})
				made[0].apply(p)
			},
			want: "pass", first: "token.expired", beside: "net.",
		},
		{name: "two SYNs lost once", change: turns("ccclclcccccccccccccccccccccccccc"), want: "pass"},
		{name: "one SYN lost, and one again", change: turns("ccclcccccclcccccccccccccccccccc"), want: "warn", first: "net.lossy"},
		{name: "the first SYN lost", change: turns("lccccccccccccccccccccc"), want: "pass"},
		{name: "a connection lost, which may be a dead server's", change: turns("cccscccccccccccccccccccccc"), want: "warn", first: "net.some-endpoints-dead"},
		{name: "two late and one lost, and nothing after them", change: turns("cclslccccccccccccccccc"), want: "pass"},
		{name: "one of two servers is dead", change: turns("cs"), want: "warn", first: "net.some-endpoints-dead"},
		{name: "one of two servers refuses", change: turns("cr"), want: "warn", first: "net.some-endpoints-dead"},
		{name: "all late by one step", change: turns("l"), want: "warn", first: "net.first-syn-dropped", beside: "net.some-endpoints-dead"},
		{name: "all late by two steps", change: apiBy(route{server: "api", after: 3060 * time.Millisecond}), want: "warn", first: "net.first-syn-dropped"},
		{name: "the first lost, and all later ones fine", change: turns("s" + strings.Repeat("c", 60)), want: "fail", first: "net.not-ready-yet"},
		{name: "of seven, two late and one lost", change: turns("cclcslc"), want: "warn", first: "net.lossy"},
		{name: "of five, two late and one lost", change: turns("clcls"), want: "warn", first: "net.lossy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: test.change}.look(t)
			r := o.of("net.connect")
			if got := string(r.Status); got != test.want {
				t.Errorf("net.connect: got %s: %s, want %s%s", got, r.Summary, test.want, o)
			}
			named := append(o.causes(), "")
			if named[0] != test.first {
				t.Errorf("got causes %q, want %q first%s", named, test.first, o)
			}
			if i := slices.IndexFunc(named, func(code string) bool { return test.beside != "" && strings.HasPrefix(code, test.beside) }); i >= 0 {
				t.Errorf("got %s named beside %s%s", named[i], test.first, o)
			}
		})
	}
}

// TestConnectionsThatTheLimitCutsOff has limits for each check that end before those of the
// connections: one that had hardly any time counts neither as good nor as bad.
func TestConnectionsThatTheLimitCutsOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit              time.Duration
		turns, says, first string // first of the causes
	}{
		{200 * time.Millisecond, "ccclcccc", "1 of 7 more connections had no time to be answered", ""},
		{900 * time.Millisecond, "csssssss", "of 7 more connections 7 fail", "net.some-endpoints-dead"},
	} {
		o := world{limit: test.limit, change: turns(test.turns + strings.Repeat("c", 60))}.look(t)
		if r := o.of("net.connect"); !strings.Contains(r.Summary, test.says) {
			t.Errorf("net.connect: got %s: %s, want %q%s", r.Status, r.Summary, test.says, o)
		}
		if named := append(o.causes(), ""); named[0] != test.first {
			t.Errorf("got causes %q, want %q first%s", named, test.first, o)
		}
	}
}

// TestPaceOfHealthyPod has the connections cost nothing where each is answered.
func TestPaceOfHealthyPod(t *testing.T) {
	t.Parallel()
	o := world{only: []string{"net.connect"}}.look(t)
	if r := o.of("net.connect"); r.Status != observe.Pass || time.Duration(r.Took) > 20*time.Millisecond {
		t.Errorf("got %s after %s, want pass within 20ms%s", r.Status, time.Duration(r.Took), o)
	}
}

// TestSilenceHoldsUpNoConnection has every second connection wait for its end, and
// the last of eight begin 150 ms after the first.
func TestSilenceHoldsUpNoConnection(t *testing.T) {
	t.Parallel()
	o := world{only: []string{"net.connect"}, change: turns("cscscscs" + "cccccc")}.look(t)
	const most = 1200*time.Millisecond + 3*50*time.Millisecond + 300*time.Millisecond + 5*100*time.Millisecond
	if r := o.of("net.connect"); time.Duration(r.Took) > most+50*time.Millisecond {
		t.Errorf("got an end after %s, want one within %s%s", time.Duration(r.Took), most, o)
	}
}

// TestHandshakeBesideTheOtherConnections has no connection succeed but the first: the
// handshake does not wait for the others, after which the server would have hung up.
func TestHandshakeBesideTheOtherConnections(t *testing.T) {
	t.Parallel()
	o := world{change: turns("c" + strings.Repeat("s", 60))}.look(t)
	for _, id := range []string{"tls.chain", "auth.review", "api.health"} {
		if r := o.of(id); r.Status != observe.Pass || time.Duration(r.Took) > 100*time.Millisecond {
			t.Errorf("%s: got %s after %s: %s, want pass at once%s", id, r.Status, time.Duration(r.Took), r.Summary, o)
		}
	}
	if r := o.of("net.connect"); r.Status != observe.Warn {
		t.Errorf("net.connect: got %s: %s, want warn%s", r.Status, r.Summary, o)
	}
}
