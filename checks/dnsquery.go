package checks

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsReply is what one server said to one question.
type dnsReply struct {
	rcode     dnsmessage.RCode
	addrs     []netip.Addr
	truncated bool
	took      time.Duration // without that for which this process could not run
	wall      time.Duration // with it
	sent      int           // datagrams sent until the answer came
	ignored   int           // datagrams that were no answer to the question
	malformed int           // replies to the question that cannot be read
}

func (r dnsReply) String() string {
	var b strings.Builder
	b.WriteString(rcodeName(r.rcode))
	if r.rcode == dnsmessage.RCodeSuccess && len(r.addrs) == 0 {
		b.WriteString(", no address")
	}
	for _, addr := range r.addrs {
		b.WriteString(" " + addr.String())
	}
	if r.truncated {
		b.WriteString(", truncated")
	}
	fmt.Fprintf(&b, " in %s", span(r.took))
	if r.sent > 1 {
		fmt.Fprintf(&b, ", after %d datagrams", r.sent)
	}
	if r.ignored > 0 {
		fmt.Fprintf(&b, ", %d other replies ignored", r.ignored)
	}
	if r.malformed > 0 {
		fmt.Fprintf(&b, ", %d malformed replies dropped", r.malformed)
	}
	return b.String()
}

// rcodeName returns the name that dig and RFC 2136 give a response code.
func rcodeName(code dnsmessage.RCode) string {
	names := []string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if int(code) < len(names) {
		return names[code]
	}
	return fmt.Sprintf("RCODE %d", code)
}

// resendAfter is when an unanswered datagram is sent again.
const resendAfter = time.Second

// maxAddrs bounds the addresses taken from one answer.
const maxAddrs = 32

// ask puts one question to one server over "udp" or "tcp".
func ask(ctx context.Context, sys *System, network string, server netip.Addr, name string, kind dnsmessage.Type) (dnsReply, error) {
	w := startWatch(ctx)
	id := uint16(rand.Uint32())
	query, question, err := dnsQuery(id, name, kind)
	if err != nil {
		return dnsReply{}, err
	}
	conn, err := sys.Dial(ctx, network, net.JoinHostPort(server.String(), "53"))
	if err != nil {
		return dnsReply{took: w.took(), wall: w.wall()}, bareNetError(ctx, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()

	exchange := askUDP
	if network == "tcp" {
		exchange = askTCP
	}
	reply, err := exchange(ctx, conn, query, id, question)
	reply.took, reply.wall = w.took(), w.wall()
	return reply, bareNetError(ctx, err)
}

func dnsQuery(id uint16, name string, kind dnsmessage.Type) ([]byte, dnsmessage.Question, error) {
	parsed, err := dnsmessage.NewName(name)
	if err != nil {
		return nil, dnsmessage.Question{}, fmt.Errorf("%q is no DNS name", name)
	}
	question := dnsmessage.Question{Name: parsed, Type: kind, Class: dnsmessage.ClassINET}
	message := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{question},
	}
	query, err := message.Pack()
	if err != nil {
		return nil, question, fmt.Errorf("%q is no DNS name", name)
	}
	return query, question, nil
}

func askUDP(ctx context.Context, conn net.Conn, query []byte, id uint16, question dnsmessage.Question) (dnsReply, error) {
	buf := make([]byte, 4096)
	var seen dnsReply
	for {
		if _, err := conn.Write(query); err != nil {
			return seen, err
		}
		seen.sent++
		sentAt := startWatch(ctx)
		for {
			conn.SetReadDeadline(time.Now().Add(resendAfter - sentAt.took()))
			if ctx.Err() != nil { // after the deadline is set: the end of ctx sets an earlier one
				return seen, seen.noAnswer(context.Cause(ctx))
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
				return seen, err
			}
			reply, err := parseReply(buf[:n], id, question)
			switch {
			case err == nil:
				reply.sent, reply.ignored, reply.malformed = seen.sent, seen.ignored, seen.malformed
				return reply, nil
			case errors.Is(err, errMalformed):
				seen.malformed++
			default:
				seen.ignored++
			}
		}
	}
}

// noAnswer adds to the end of a wait what came meanwhile.
func (r dnsReply) noAnswer(end error) error {
	if r.malformed > 0 {
		end = fmt.Errorf("%w; %d replies are malformed", end, r.malformed)
	}
	if r.ignored > 0 {
		end = fmt.Errorf("%w; %d replies did not fit the question", end, r.ignored)
	}
	return end
}

func askTCP(_ context.Context, conn net.Conn, query []byte, id uint16, question dnsmessage.Question) (dnsReply, error) {
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)
	if _, err := conn.Write(framed); err != nil {
		return dnsReply{}, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return dnsReply{}, err
	}
	answer := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return dnsReply{}, err
	}
	reply, err := parseReply(answer, id, question)
	reply.sent = 1
	if errors.Is(err, errMalformed) {
		reply.malformed = 1
	}
	return reply, err
}

// errMalformed is an answer to our question that cannot be read.
var errMalformed = errors.New("a DNS message with an unreadable answer")

// addressSize is how many bytes an address has, see RFC 1035, 3.4.1, and RFC 3596.
var addressSize = map[dnsmessage.Type]uint16{dnsmessage.TypeA: 4, dnsmessage.TypeAAAA: 16}

// parseReply reads an answer to question; anything else is an error.
func parseReply(message []byte, id uint16, question dnsmessage.Question) (dnsReply, error) {
	var p dnsmessage.Parser
	header, err := p.Start(message)
	if err != nil {
		return dnsReply{}, fmt.Errorf("%d bytes that are no DNS message", len(message))
	}
	if header.ID != id || !header.Response {
		return dnsReply{}, errors.New("a DNS message that answers another question")
	}
	reply := dnsReply{rcode: header.RCode, truncated: header.Truncated}
	asked, err := p.AllQuestions()
	if err != nil || len(asked) != 1 || asked[0].Type != question.Type || !strings.EqualFold(asked[0].Name.String(), question.Name.String()) {
		return dnsReply{}, errors.New("a DNS message that answers another question")
	}
	owners := []string{strings.ToLower(question.Name.String())}
	for len(reply.addrs) < maxAddrs && len(owners) < maxAddrs {
		record, err := p.Answer()
		if err != nil {
			if !errors.Is(err, dnsmessage.ErrSectionDone) && !reply.truncated {
				return dnsReply{}, errMalformed
			}
			return reply, nil
		}
		if !slices.Contains(owners, strings.ToLower(record.Header.Name.String())) {
			continue
		}
		if size, ok := addressSize[record.Header.Type]; ok && record.Header.Length != size {
			return dnsReply{}, errMalformed
		}
		switch body := record.Body.(type) {
		case *dnsmessage.CNAMEResource:
			owners = append(owners, strings.ToLower(body.CNAME.String()))
		case *dnsmessage.AResource:
			reply.addrs = append(reply.addrs, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			reply.addrs = append(reply.addrs, netip.AddrFrom16(body.AAAA))
		}
	}
	return reply, nil
}
