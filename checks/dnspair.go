package checks

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// addressKinds are the two questions for a host's addresses.
var addressKinds = [2]dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA}

// pairAnswer is the answer to one of the two.
type pairAnswer struct {
	reply dnsReply
	err   error
}

// final says that the C library would not go on to the next server.
func (p pairAnswer) final() bool {
	return p.err == nil && (p.reply.rcode == dnsmessage.RCodeSuccess || p.reply.rcode == dnsmessage.RCodeNameError)
}

// errPending marks a question that waits for its answer.
var errPending = errors.New("no answer yet")

// askBoth sends the questions for A and AAAA from one socket at once, as the C
// library does, and again after a second what is not answered by then: two
// packets of one socket are what a race in the node's connection tracking needs.
func askBoth(ctx context.Context, sys *System, server netip.Addr, name string) [2]pairAnswer {
	both := [2]pairAnswer{{err: errPending}, {err: errPending}}
	end := func(err error) [2]pairAnswer {
		for i := range both {
			if both[i].err == errPending {
				both[i].err = both[i].reply.noAnswer(bareNetError(ctx, err))
			}
		}
		return both
	}
	w := startWatch(ctx)
	conn, err := sys.Dial(ctx, "udp", netip.AddrPortFrom(server, 53).String())
	if err != nil {
		return end(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	id, buf := uint16(rand.Uint32()), make([]byte, 4096)
	for sent := 1; ; sent++ {
		for i, kind := range addressKinds {
			query, _, err := dnsQuery(id+uint16(i), name, kind)
			if err == nil && both[i].err == errPending {
				_, err = conn.Write(query)
			}
			if err != nil {
				return end(err)
			}
		}
		sentAt := startWatch(ctx)
		for both[0].err == errPending || both[1].err == errPending {
			conn.SetReadDeadline(time.Now().Add(resendAfter - sentAt.took()))
			if ctx.Err() != nil { // after the deadline is set: the end of ctx sets an earlier one
				return end(context.Cause(ctx))
			}
			n, err := conn.Read(buf)
			var netErr net.Error
			if errors.As(err, &netErr) && netErr.Timeout() {
				if sentAt.took() < resendAfter {
					continue
				}
				break
			}
			if err != nil {
				return end(err)
			}
			for i, kind := range addressKinds {
				_, question, _ := dnsQuery(id+uint16(i), name, kind)
				reply, err := parseReply(buf[:n], id+uint16(i), question)
				switch {
				case both[i].err != errPending:
				case err == nil:
					reply.took, reply.sent, reply.malformed = w.took(), sent, both[i].reply.malformed
					both[i] = pairAnswer{reply: reply}
				case errors.Is(err, errMalformed):
					both[i].reply.malformed++
				}
			}
		}
		if both[0].err != errPending && both[1].err != errPending {
			return both
		}
	}
}
