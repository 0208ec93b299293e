package netprobe

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
	"golang.org/x/net/dns/dnsmessage"
)

// addressKinds are the two questions for a host's addresses.
var addressKinds = [2]dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA}

// PairAnswer is the answer to one of the two.
type PairAnswer struct {
	Reply DNSReply
	Err   error
}

// final says that the C library would not go on to the next server.
func (p PairAnswer) final() bool {
	return p.Err == nil && (p.Reply.RCode == dnsmessage.RCodeSuccess || p.Reply.RCode == dnsmessage.RCodeNameError)
}

// errPending marks a question that waits for its answer.
var errPending = errors.New("no answer yet")

// AskBoth sends the questions for A and AAAA from one socket at once, as the C
// library does, and again after a second what is not answered by then: two
// packets of one socket are what a race in the node's connection tracking needs.
func AskBoth(ctx context.Context, sys *pod.System, server netip.Addr, name string) [2]PairAnswer {
	both := [2]PairAnswer{{Err: errPending}, {Err: errPending}}
	end := func(err error) [2]PairAnswer {
		for i := range both {
			if both[i].Err == errPending {
				both[i].Err = both[i].Reply.noAnswer(RootError(ctx, err))
			}
		}
		return both
	}
	w := pulse.StartWatch(ctx)
	conn, err := sys.Dial(ctx, "udp", netip.AddrPortFrom(server, 53).String())
	if err != nil {
		return end(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	id := uint16(rand.Uint32())
	for sent := 1; ; sent++ {
		for i, kind := range addressKinds {
			query, _, err := dnsQuery(id+uint16(i), name, kind)
			if err == nil && both[i].Err == errPending {
				_, err = conn.Write(query)
			}
			if err != nil {
				return end(err)
			}
		}
		answered, err := readUntilResend(ctx, conn, func(packet []byte) bool {
			for i, kind := range addressKinds {
				_, question, _ := dnsQuery(id+uint16(i), name, kind)
				reply, err := parseReply(packet, id+uint16(i), question)
				switch {
				case both[i].Err != errPending:
				case err == nil:
					reply.Took, reply.Sent, reply.Malformed = w.Took(), sent, both[i].Reply.Malformed
					both[i] = PairAnswer{Reply: reply}
				case errors.Is(err, errMalformed):
					both[i].Reply.Malformed++
				}
			}
			return both[0].Err != errPending && both[1].Err != errPending
		})
		if err != nil {
			return end(err)
		}
		if answered {
			return both
		}
	}
}

// HasAddress says that the answer holds one.
func (p PairAnswer) HasAddress() bool { return p.Err == nil && len(p.Reply.Addrs) > 0 }

// Wildcard says how a name that cannot exist was answered.
func (p PairAnswer) Wildcard() string {
	switch {
	case p.Err != nil:
		return p.Err.Error()
	case p.HasAddress():
		return pod.JoinAddrs(p.Reply.Addrs) + " (wildcard)"
	}
	return RCodeName(p.Reply.RCode)
}
