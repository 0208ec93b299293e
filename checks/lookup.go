package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// lookup is what came of resolving a name the way applications do: /etc/hosts
// first, then each candidate of the search list until one has an address.
type lookup struct {
	addrs  []netip.Addr
	winner string    // the candidate that had the addresses, or "" for /etc/hosts
	tried  []attempt // in the order of the search list, up to the winner

	unasked []string // candidates that System.NoForeignProbes forbids
}

// attempt is one candidate with the answers to both of its questions.
type attempt struct {
	name       string
	a, aaaa    dnsReply
	errA, err6 error
}

// malformed is how many replies to its questions could not be read.
func (t attempt) malformed() int { return t.a.malformed + t.aaaa.malformed }

func (t attempt) String() string {
	text := func(r dnsReply, err error) string {
		if err != nil {
			return err.Error()
		}
		return r.String()
	}
	return fmt.Sprintf("A %s; AAAA %s", text(t.a, t.errA), text(t.aaaa, t.err6))
}

// resolve asks for all candidates at once and judges them in their order, so
// that it takes as long as the slowest answer that matters.
func resolve(ctx context.Context, sys *System, conf resolvConf, servers []netip.Addr, name string) lookup {
	if addr, err := netip.ParseAddr(name); err == nil {
		return lookup{addrs: []netip.Addr{addr}}
	}
	if addrs := hostsAddrs(sys, name); len(addrs) > 0 {
		return lookup{addrs: addrs}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var found lookup
	candidates := conf.candidates(name)
	if sys.NoForeignProbes {
		candidates, found.unasked = conf.own(candidates, name)
	}
	answers := make([]chan attempt, 0, len(candidates))
	for _, candidate := range candidates[:min(len(candidates), maxCandidates)] {
		answer := make(chan attempt, 1)
		answers = append(answers, answer)
		go guarded(ctx, func() { answer <- tryName(ctx, sys, servers, candidate) })()
	}
	for _, answer := range answers {
		t := <-answer
		found.tried = append(found.tried, t)
		if addrs := slices.Concat(t.a.addrs, t.aaaa.addrs); len(addrs) > 0 {
			found.addrs, found.winner = addrs, t.name
			break
		}
	}
	return found
}

// maxCandidates bounds what a hostile search list makes us send.
const maxCandidates = 32

// tryName asks for both kinds of address and moves on to the next server after
// an error, SERVFAIL or REFUSED, as the C library does. What was cut short is
// asked again by TCP.
func tryName(ctx context.Context, sys *System, servers []netip.Addr, name string) attempt {
	t := attempt{name: name, errA: errNoNameserver, err6: errNoNameserver}
	for i, server := range servers {
		own, cancel := ctx, context.CancelFunc(func() {})
		if i < len(servers)-1 {
			own, cancel = within(ctx, patience)
		}
		both := askBoth(own, sys, server, name)
		cancel()
		for i, kind := range addressKinds {
			if both[i].err == nil && both[i].reply.truncated {
				if whole, err := ask(ctx, sys, "tcp", server, name, kind); err == nil {
					both[i].reply = whole
				}
			}
		}
		t.a, t.errA, t.aaaa, t.err6 = both[0].reply, both[0].err, both[1].reply, both[1].err
		if both[0].final() || both[1].final() {
			break
		}
	}
	return t
}

// patience is how long a nameserver is waited for while there is another one.
const patience = 1500 * time.Millisecond

// unanswered says that a lookup found nothing because no reply came to a question.
func (l lookup) unanswered() bool {
	i := slices.IndexFunc(l.tried, func(t attempt) bool { return t.errA != nil || t.a.truncated })
	return i >= 0 && l.tried[i].errA != nil && l.tried[i].a.malformed == 0
}
