package netprobe

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

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
	"golang.org/x/net/dns/dnsmessage"
)

// DNSReply is what one server said to one question.
type DNSReply struct {
	RCode     dnsmessage.RCode
	Addrs     []netip.Addr
	Truncated bool
	Took      time.Duration // without that for which this process could not run
	wall      time.Duration // with it
	Sent      int           // datagrams sent until the answer came
	ignored   int           // datagrams that were no answer to the question
	Malformed int           // replies to the question that cannot be read
}

// String is the reply in a few words.
func (r DNSReply) String() string {
	var b strings.Builder
	b.WriteString(RCodeName(r.RCode))
	if r.RCode == dnsmessage.RCodeSuccess && len(r.Addrs) == 0 {
		b.WriteString(", no address")
	}
	for _, addr := range r.Addrs {
		b.WriteString(" " + addr.String())
	}
	if r.Truncated {
		b.WriteString(", truncated")
	}
	fmt.Fprintf(&b, " in %s", observe.FormatDuration(r.Took))
	if r.Sent > 1 {
		fmt.Fprintf(&b, ", after %d datagrams", r.Sent)
	}
	if r.ignored > 0 {
		fmt.Fprintf(&b, ", %d other replies ignored", r.ignored)
	}
	if r.Malformed > 0 {
		fmt.Fprintf(&b, ", %d malformed replies dropped", r.Malformed)
	}
	return b.String()
}

// RCodeName returns the name that dig and RFC 2136 give a response code.
func RCodeName(code dnsmessage.RCode) string {
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

// Ask puts one question to one server over "udp" or "tcp".
func Ask(ctx context.Context, sys *pod.System, network string, server netip.Addr, name string, kind dnsmessage.Type) (DNSReply, error) {
	w := pulse.StartWatch(ctx)
	id := uint16(rand.Uint32())
	query, question, err := dnsQuery(id, name, kind)
	if err != nil {
		return DNSReply{}, err
	}
	conn, err := sys.Dial(ctx, network, net.JoinHostPort(server.String(), "53"))
	if err != nil {
		return DNSReply{Took: w.Took(), wall: w.Wall()}, RootError(ctx, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()

	exchange := askUDP
	if network == "tcp" {
		exchange = askTCP
	}
	reply, err := exchange(ctx, conn, query, id, question)
	reply.Took, reply.wall = w.Took(), w.Wall()
	if network == "udp" { // nothing goes forth and back before the question
		reply.Took = w.Waited()
	}
	return reply, RootError(ctx, err)
}

// Query is a question for the IPv4 address of a name, as a datagram.
func Query(name string) ([]byte, error) {
	query, _, err := dnsQuery(uint16(rand.Uint32()), name, dnsmessage.TypeA)
	return query, err
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

func askUDP(ctx context.Context, conn net.Conn, query []byte, id uint16, question dnsmessage.Question) (DNSReply, error) {
	var seen DNSReply
	for {
		if _, err := conn.Write(query); err != nil {
			return seen, err
		}
		seen.Sent++
		answered, err := readUntilResend(ctx, conn, func(packet []byte) bool {
			reply, err := parseReply(packet, id, question)
			switch {
			case err == nil:
				reply.Sent, reply.ignored, reply.Malformed = seen.Sent, seen.ignored, seen.Malformed
				seen = reply
			case errors.Is(err, errMalformed):
				seen.Malformed++
			default:
				seen.ignored++
			}
			return err == nil
		})
		switch {
		case err != nil:
			return seen, seen.noAnswer(err)
		case answered:
			return seen, nil
		}
	}
}

// readUntilResend hands over packets until one is the last that was waited for, or it
// is time to send the question again.
func readUntilResend(ctx context.Context, conn net.Conn, last func(packet []byte) bool) (answered bool, err error) {
	buf := make([]byte, 4096)
	for sent := pulse.StartWatch(ctx); ; {
		conn.SetReadDeadline(time.Now().Add(resendAfter - sent.Took()))
		if ctx.Err() != nil { // after the deadline is set: the end of ctx sets an earlier one
			return false, context.Cause(ctx)
		}
		n, err := conn.Read(buf)
		var netErr net.Error
		switch {
		case errors.As(err, &netErr) && netErr.Timeout():
			if sent.Took() >= resendAfter {
				return false, nil
			}
		case err != nil:
			return false, err
		case last(buf[:n]):
			return true, nil
		}
	}
}

// noAnswer adds to the end of a wait what came meanwhile.
func (r DNSReply) noAnswer(end error) error {
	if r.Malformed > 0 {
		end = fmt.Errorf("%w; %d replies are malformed", end, r.Malformed)
	}
	if r.ignored > 0 {
		end = fmt.Errorf("%w; %d replies did not fit the question", end, r.ignored)
	}
	return end
}

func askTCP(_ context.Context, conn net.Conn, query []byte, id uint16, question dnsmessage.Question) (DNSReply, error) {
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)
	if _, err := conn.Write(framed); err != nil {
		return DNSReply{}, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return DNSReply{}, err
	}
	answer := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return DNSReply{}, err
	}
	reply, err := parseReply(answer, id, question)
	reply.Sent = 1
	if errors.Is(err, errMalformed) {
		reply.Malformed = 1
	}
	return reply, err
}

// errMalformed is an answer to our question that cannot be read.
var errMalformed = errors.New("a DNS message with an unreadable answer")

// addressSize is how many bytes an address has, see RFC 1035, 3.4.1, and RFC 3596.
var addressSize = map[dnsmessage.Type]uint16{dnsmessage.TypeA: 4, dnsmessage.TypeAAAA: 16}

// parseReply reads an answer to question; anything else is an error.
func parseReply(message []byte, id uint16, question dnsmessage.Question) (DNSReply, error) {
	var p dnsmessage.Parser
	header, err := p.Start(message)
	if err != nil {
		return DNSReply{}, fmt.Errorf("%d bytes that are no DNS message", len(message))
	}
	if header.ID != id || !header.Response {
		return DNSReply{}, errors.New("a DNS message that answers another question")
	}
	reply := DNSReply{RCode: header.RCode, Truncated: header.Truncated}
	asked, err := p.AllQuestions()
	if err != nil || len(asked) != 1 || asked[0].Type != question.Type || !strings.EqualFold(asked[0].Name.String(), question.Name.String()) {
		return DNSReply{}, errors.New("a DNS message that answers another question")
	}
	owners := []string{strings.ToLower(question.Name.String())}
	for len(reply.Addrs) < maxAddrs && len(owners) < maxAddrs {
		record, err := p.Answer()
		if err != nil {
			if !errors.Is(err, dnsmessage.ErrSectionDone) && !reply.Truncated {
				return DNSReply{}, errMalformed
			}
			return reply, nil
		}
		if !slices.Contains(owners, strings.ToLower(record.Header.Name.String())) {
			continue
		}
		if size, ok := addressSize[record.Header.Type]; ok && record.Header.Length != size {
			return DNSReply{}, errMalformed
		}
		switch body := record.Body.(type) {
		case *dnsmessage.CNAMEResource:
			owners = append(owners, strings.ToLower(body.CNAME.String()))
		case *dnsmessage.AResource:
			reply.Addrs = append(reply.Addrs, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			reply.Addrs = append(reply.Addrs, netip.AddrFrom16(body.AAAA))
		}
	}
	return reply, nil
}

// Answer is what came of the question as a packet: a reply that cannot be read has
// arrived all the same.
func (r DNSReply) Answer(err error) observe.Answer {
	if r.Malformed > 0 {
		return observe.Answers
	}
	return answerOf(err, r.Took, r.wall)
}
