package netprobe

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// Lookup is what came of resolving a name as applications do: /etc/hosts
// first, then each candidate of the search list until one has an address.
type Lookup struct {
	Addrs  []netip.Addr
	Hosts  []pod.HostsEntry // lines of /etc/hosts, where the addresses are from there
	Winner string           // the candidate that had the addresses, or "" for /etc/hosts
	Tried  []Attempt        // in the order of the search list, up to the winner

	Unasked []string // candidates that System.NoExternalProbes forbids
}

// Attempt is one candidate with the answers to both of its questions.
type Attempt struct {
	Name          string
	A, AAAA       DNSReply
	ErrA, ErrAAAA error
}

// Malformed is how many replies to its questions could not be read.
func (t Attempt) Malformed() int { return t.A.Malformed + t.AAAA.Malformed }

// String is both answers in a few words.
func (t Attempt) String() string {
	text := func(r DNSReply, err error) string {
		if err != nil {
			return err.Error()
		}
		return r.String()
	}
	return fmt.Sprintf("A %s; AAAA %s", text(t.A, t.ErrA), text(t.AAAA, t.ErrAAAA))
}

// Resolve asks for all candidates at once and judges them in their order, so
// that it takes as long as the slowest answer that matters.
func Resolve(ctx context.Context, sys *pod.System, conf pod.ResolvConf, servers []netip.Addr, name string) Lookup {
	if found := (Lookup{Hosts: pod.HostsEntries(sys, name)}); len(found.Hosts) > 0 {
		for _, entry := range found.Hosts {
			found.Addrs = append(found.Addrs, entry.Addr)
		}
		return found
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var found Lookup
	candidates := conf.Candidates(name)
	if sys.NoExternalProbes {
		candidates, found.Unasked = conf.Own(candidates, name)
	}
	answers := make([]chan Attempt, 0, len(candidates))
	for _, candidate := range candidates[:min(len(candidates), MaxCandidates)] {
		answer := make(chan Attempt, 1)
		answers = append(answers, answer)
		go panics.Guarded(ctx, func() { answer <- tryName(ctx, sys, servers, candidate) })()
	}
	for _, answer := range answers {
		t := <-answer
		found.Tried = append(found.Tried, t)
		if addrs := slices.Concat(t.A.Addrs, t.AAAA.Addrs); len(addrs) > 0 {
			found.Addrs, found.Winner = addrs, t.Name
			break
		}
	}
	return found
}

// MaxCandidates bounds what a hostile search list makes us send.
const MaxCandidates = 32

// tryName asks for both kinds of address and moves on to the next server after
// an error, SERVFAIL or REFUSED, as the C library does. What was cut short is
// asked again by TCP.
func tryName(ctx context.Context, sys *pod.System, servers []netip.Addr, name string) Attempt {
	t := Attempt{Name: name, ErrA: pod.ErrNoNameserver, ErrAAAA: pod.ErrNoNameserver}
	for i, server := range servers {
		own, cancel := ctx, context.CancelFunc(func() {})
		if i < len(servers)-1 {
			own, cancel = pulse.Within(ctx, patience)
		}
		both := AskBoth(own, sys, server, name)
		cancel()
		for i, kind := range addressKinds {
			if both[i].Err == nil && both[i].Reply.Truncated {
				if whole, err := Ask(ctx, sys, "tcp", server, name, kind); err == nil {
					both[i].Reply = whole
				}
			}
		}
		t.A, t.ErrA, t.AAAA, t.ErrAAAA = both[0].Reply, both[0].Err, both[1].Reply, both[1].Err
		if both[0].final() || both[1].final() {
			break
		}
	}
	return t
}

// patience is how long a nameserver is waited for while there is another one.
const patience = 1500 * time.Millisecond

// Unanswered says that a lookup found nothing because no reply came to a question.
func (l Lookup) Unanswered() bool {
	i := slices.IndexFunc(l.Tried, func(t Attempt) bool { return t.ErrA != nil || t.A.Truncated })
	return i >= 0 && l.Tried[i].ErrA != nil && l.Tried[i].A.Malformed == 0
}
