package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/net/dns/dnsmessage"
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
		go func() { answer <- tryName(ctx, sys, servers, candidate) }()
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

func tryName(ctx context.Context, sys *System, servers []netip.Addr, name string) attempt {
	t := attempt{name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.aaaa, t.err6 = askAny(ctx, sys, servers, name, dnsmessage.TypeAAAA)
	}()
	t.a, t.errA = askAny(ctx, sys, servers, name, dnsmessage.TypeA)
	<-done
	return t
}

// askAny moves on to the next server after an error, SERVFAIL or REFUSED, as
// the C library does, and asks again by TCP what was cut short.
func askAny(ctx context.Context, sys *System, servers []netip.Addr, name string, kind dnsmessage.Type) (reply dnsReply, err error) {
	err = errNoNameserver
	for i, server := range servers {
		reply, err = askWithin(ctx, sys, server, name, kind, i < len(servers)-1)
		if err == nil && reply.truncated {
			if whole, errTCP := ask(ctx, sys, "tcp", server, name, kind); errTCP == nil {
				reply = whole
			}
		}
		if err == nil && (reply.rcode == dnsmessage.RCodeSuccess || reply.rcode == dnsmessage.RCodeNameError) {
			return reply, nil
		}
	}
	return reply, err
}

// patience is how long a nameserver is waited for while there is another one.
const patience = 1500 * time.Millisecond

func askWithin(ctx context.Context, sys *System, server netip.Addr, name string, kind dnsmessage.Type, another bool) (dnsReply, error) {
	if another {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, patience, fmt.Errorf("no answer within %s", patience))
		defer cancel()
	}
	return ask(ctx, sys, "udp", server, name, kind)
}

// cause names why a lookup found nothing.
func (l lookup) cause() string {
	cause := "dns.nxdomain"
	for _, t := range l.tried {
		switch {
		case t.errA != nil:
			return "dns.silent"
		case t.a.truncated:
			return "dns.servfail"
		case t.a.rcode != dnsmessage.RCodeNameError && t.a.rcode != dnsmessage.RCodeSuccess:
			cause = rcodeCause(t.a.rcode)
		}
	}
	return cause
}
