package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// slowAnswer is from when on a DNS answer counts as slow.
const slowAnswer = time.Second

// repeats is how often is asked again where the first packet was lost: the
// network of a new pod may need a second or two, which says nothing of what
// comes after.
const repeats = 10

var dnsServers = &Check{
	ID: "dns.servers",
	Records: []*observe.Row{
		observe.DNSUDP.Row, observe.DNSTCP.Row, observe.DNSCache.Row, observe.DNSCacheTCP.Row, observe.DNSUDPAlone.Row, observe.DNSSome.Row, observe.DNSSomeTCP.Row, observe.DNSRcode.Row, observe.DNSDisagree.Row, observe.DNSTruncated.Row, observe.DNSMalformed.Row, observe.DNSLate.Row,
		observe.Control.Row, observe.ControlUDP.Row, observe.ControlTCP.Row,
	},
	Title: "every nameserver answers for the API's name by UDP and TCP",
	Needs: []string{"dns.config"},
	Aside: true,
	Run:   runDNSServers,
}

// probe is one nameserver asked by UDP and TCP.
type probe struct {
	server         netip.Addr
	udp, tcp       netprobe.DNSReply
	errUDP, errTCP error
	late           int // of so many repeats, where the first answer was slow
}

// knows says that the server has the name, be it without such an address.
func (p probe) knows() bool { return p.errUDP == nil && p.udp.RCode == dnsmessage.RCodeSuccess }

// someKnows says that one of them has the name.
func someKnows(all []probe) bool { return slices.ContainsFunc(all, probe.knows) }

// malformed is how many of its replies could not be read.
func (p probe) malformed() int { return p.udp.Malformed + p.tcp.Malformed }

func (p probe) address() string { return netip.AddrPortFrom(p.server, 53).String() }

// maxProbed bounds how many nameservers are asked.
const maxProbed = 8

func runDNSServers(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if len(session.resolv.Nameservers) == 0 {
		return blocked("dns.config")
	}
	name := session.resolv.APIName()
	servers := session.resolv.Nameservers[:min(len(session.resolv.Nameservers), maxProbed)]
	all := askServers(ctx, sys, session, servers, name)
	var e observe.Evidence
	e.Add("name", "%s", name)
	for _, p := range all {
		e.Add(p.server.String()+" udp", "%s", replyOrError(p.udp, p.errUDP))
		e.Add(p.server.String()+" tcp", "%s", replyOrError(p.tcp, p.errTCP))
		if p.slow() {
			e.Add(p.server.String()+" again", "%d of %d at once", repeats-p.late, repeats)
		}
	}
	recordServers(ctx, session, all, log)
	return judgeServers(session, all, e)
}

// answering are the nameservers that have answered by UDP.
func answering(all []probe) (servers []netip.Addr) {
	for _, p := range all {
		if p.errUDP == nil {
			servers = append(servers, p.server)
		}
	}
	return servers
}

// askServers asks all nameservers at once. Where each has answered by UDP, what comes after
// this check goes on: names are asked for by UDP.
func askServers(ctx context.Context, sys *pod.System, session *Session, servers []netip.Addr, name string) []probe {
	all := make([]probe, len(servers))
	for i, server := range servers {
		all[i] = probe{server: server, errUDP: pulse.Silence("no answer yet"), errTCP: pulse.Silence("no answer yet")}
	}
	var mu sync.Mutex
	expected, goesOn := false, false
	learn := sync.OnceFunc(func() { session.nameservers, session.dnsKnows = answering(all), someKnows(all) })
	answered := session.expect(ctx, func(log *observe.Log) func(*Session) {
		mu.Lock()
		soFar, wentOn := slices.Clone(all), goesOn
		expected = true
		mu.Unlock()
		if !wentOn && (session.resolvesNames(sys) || len(answering(soFar)) > 0) { // more is asked by what follows
			return nil
		}
		recordServers(ctx, session, soFar, log)
		return func(next *Session) {
			if !wentOn {
				next.later = &later{}
			}
		}
	})
	var wait sync.WaitGroup
	for i := range all {
		saw := func(err error, change func(*probe)) {
			mu.Lock()
			change(&all[i])
			tooLate := expected && err == nil
			if !goesOn && len(answering(all)) == len(all) {
				goesOn = true
				learn()
				session.goOn()
			}
			mu.Unlock()
			if tooLate {
				answered()
			}
		}
		wait.Go(panics.Guarded(ctx, func() { askServer(ctx, sys, servers[i], name, recordFor(session.Host), saw) }))
	}
	wait.Wait()
	learn()
	return all
}

// recordFor is the type of record that holds an address like host.
func recordFor(host string) dnsmessage.Type {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Unmap().Is6() {
		return dnsmessage.TypeAAAA
	}
	return dnsmessage.TypeA
}

// askServer asks one nameserver by UDP and TCP, and hands over each answer as it comes.
func askServer(ctx context.Context, sys *pod.System, server netip.Addr, name string, kind dnsmessage.Type, saw func(err error, change func(*probe))) {
	var wait sync.WaitGroup
	wait.Go(panics.Guarded(ctx, func() {
		reply, err := netprobe.Ask(ctx, sys, "tcp", server, name, kind)
		saw(err, func(p *probe) { p.tcp, p.errTCP = reply, err })
	}))
	reply, err := netprobe.Ask(ctx, sys, "udp", server, name, kind)
	saw(err, func(p *probe) { p.udp, p.errUDP = reply, err })
	wait.Wait()
	if (probe{udp: reply, errUDP: err}).slow() {
		late := askAgain(ctx, sys, server, name, kind)
		saw(err, func(p *probe) { p.late = late })
	}
}

func (p probe) slow() bool { return p.errUDP == nil && p.udp.Took >= slowAnswer }

// askAgain puts the question repeats times at once, and counts the answers that
// do not come before a resolver would wonder.
func askAgain(ctx context.Context, sys *pod.System, server netip.Addr, name string, kind dnsmessage.Type) (late int) {
	ctx, cancel := pulse.Within(ctx, slowAnswer/2)
	defer cancel()
	soon := make(chan bool, repeats)
	for range repeats {
		go panics.Guarded(ctx, func() {
			reply, err := netprobe.Ask(ctx, sys, "udp", server, name, kind)
			soon <- err == nil && reply.Took < slowAnswer/2 // ctx gives a starved process longer
		})()
	}
	for range repeats {
		if !<-soon {
			late++
		}
	}
	return late
}

func replyOrError(r netprobe.DNSReply, err error) string {
	if err != nil {
		return fmt.Sprintf("%v after %s", err, observe.FormatDuration(r.Took))
	}
	return r.String()
}

func judgeServers(session *Session, all []probe, e observe.Evidence) Outcome {
	if len(session.nameservers) == 0 {
		p := all[max(0, slices.IndexFunc(all, func(p probe) bool { return p.udp.Malformed > 0 }))]
		return session.byName(fail(e, "%s: %v", p.address(), p.errUDP))
	}
	for _, p := range all {
		switch at := p.address(); {
		case p.errUDP != nil:
			return warn(e, "%s: %v, while %s answers", at, p.errUDP, pod.JoinAddrs(session.nameservers))
		case p.malformed() > 0:
			return warn(e, "%s: %d replies are malformed", at, p.malformed())
		case p.tcp.Truncated:
			return session.byName(fail(e, "%s: the answer for %s is cut short, by TCP too", at, e.Get("name")))
		case p.udp.Truncated && p.errTCP != nil:
			return session.byName(fail(e, "%s: the answer for %s is cut short by UDP, and by TCP: %v", at, e.Get("name"), p.errTCP))
		case !p.knows() && session.resolv.ClusterDomain() == "":
			return warn(e, "%s: %s for %s: not the cluster's DNS", at, netprobe.RCodeName(p.udp.RCode), e.Get("name"))
		case !p.knows() && session.dnsKnows:
			return warn(e, "%s: %s for %s, while another nameserver knows it", at, netprobe.RCodeName(p.udp.RCode), e.Get("name"))
		case !p.knows():
			return session.byName(fail(e, "%s: %s for %s", at, p.udp, e.Get("name")))
		case p.errTCP != nil:
			return warn(e, "%s: UDP answers, TCP: %v", at, p.errTCP)
		case p.late > 0:
			return warn(e, "%s: answered in %s, after %d datagrams; asked again, %d of %d answers are late", at, observe.FormatDuration(p.udp.Took), p.udp.Sent, p.late, repeats)
		}
	}
	p := all[0]
	if p.slow() {
		return pass(e, "%s: %s at first, then %d of %d at once", p.address(), observe.FormatDuration(p.udp.Took), repeats, repeats)
	}
	return pass(e, "%s: %s by UDP, %s by TCP", p.address(), observe.FormatDuration(p.udp.Took), observe.FormatDuration(p.tcp.Took))
}
