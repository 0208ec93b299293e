package checks

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// recordConfig records whose resolver the file names, and what of it resolvers
// leave out.
func recordConfig(conf resolvConf, err error, log *observe.Log) {
	domain := conf.clusterDomain()
	switch {
	case err != nil:
		observe.DNSResolver.Saw(log, observe.NotReadable)
		return
	case len(conf.nameservers) == 0:
		observe.DNSResolver.Saw(log, observe.NoNameserver)
		return
	case domain == "":
		observe.DNSResolver.Saw(log, observe.OfNode)
	case slices.ContainsFunc(conf.nameservers, isNodeCache):
		observe.DNSResolver.Saw(log, observe.OfNodeCache)
	default:
		observe.DNSResolver.Saw(log, observe.OfCluster)
	}
	for _, server := range conf.nameservers {
		observe.DNSNameservers.Add(log, server.String())
	}
	if domain != "" {
		observe.DNSDomain.Saw(log, domain)
		observe.DNSLimits.Saw(log, len(conf.faults()) > 0)
		observe.DNSDefaultDomain.Saw(log, domain == defaultDomain)
	}
}

// recordServers records what each nameserver said, as what it is to this pod: a
// node's cache tells nothing of service IPs.
func recordServers(ctx context.Context, session *Session, all []probe, log *observe.Log) {
	services, late, asked := control{log: log}, 0, false
	someAnswer := slices.ContainsFunc(all, func(p probe) bool { return p.errUDP == nil })
	someWhole := slices.ContainsFunc(all, func(p probe) bool { return p.errUDP == nil && p.errTCP == nil })
	some, someTCP := observe.Answers, observe.Answers
	knows := slices.ContainsFunc(all, func(p probe) bool { return p.knows() })
	for _, p := range all {
		if cutOff(ctx, p.errUDP) || cutOff(ctx, p.errTCP) {
			continue
		}
		at := netip.AddrPortFrom(p.server, 53)
		udp, tcp := p.udp.answer(p.errUDP), p.tcp.answer(p.errTCP)
		byUDP, byTCP := observe.DNSUDP, observe.DNSTCP
		if isNodeCache(p.server) {
			byUDP, byTCP = observe.DNSCache, observe.DNSCacheTCP
		}
		byUDP.SawAt(log, at.String(), udp)
		if p.errUDP == nil || p.errTCP == nil {
			byTCP.SawAt(log, at.String(), tcp)
		}
		if slices.Contains(session.resolv.serviceIPs(), p.server) {
			services.saw(observe.ControlUDP, at, udp)
			services.saw(observe.ControlTCP, at, tcp)
		}
		observe.DNSMalformed.Add(log, p.malformed())
		if p.errUDP != nil {
			if some == observe.Answers {
				some = udp
			}
			continue
		}
		if someTCP == observe.Answers {
			someTCP = tcp
		}
		observe.DNSRcode.SawAt(log, at.String(), rcodeOf(p.udp))
		observe.DNSDisagree.SawAt(log, at.String(), knows && !p.knows())
		observe.DNSTruncated.SawAt(log, at.String(), p.errTCP == nil && p.tcp.truncated)
		late = max(late, p.late)
		asked = asked || p.slow()
	}
	if asked {
		observe.DNSLate.Saw(log, late, repeats)
	}
	if len(all) > 1 && someAnswer {
		observe.DNSSome.Saw(log, some)
	}
	if len(all) > 1 && someWhole {
		observe.DNSSomeTCP.Saw(log, someTCP)
	}
}

// answer is what came of the question as a packet: a reply that cannot be read has
// arrived all the same.
func (r dnsReply) answer(err error) observe.Answer {
	if r.malformed > 0 {
		return observe.Answers
	}
	return answerOf(err, r.took, r.wall)
}

// rcodeOf names the response code; an answer that is cut short is one.
func rcodeOf(r dnsReply) observe.Rcode {
	switch {
	case r.rcode == dnsmessage.RCodeSuccess && len(r.addrs) == 0 && !r.truncated:
		return observe.NoData
	case r.rcode == dnsmessage.RCodeSuccess:
		return observe.NoError
	case r.rcode == dnsmessage.RCodeNameError:
		return observe.NXDomain
	}
	return failedRcode(r.rcode)
}

// recordLookup records where the lookup of kubernetes.default.svc led.
func recordLookup(ctx context.Context, session *Session, found lookup, log *observe.Log) {
	if slices.ContainsFunc(found.tried, func(t attempt) bool { return cutOff(ctx, t.errA) || cutOff(ctx, t.err6) }) {
		return
	}
	switch {
	case len(found.addrs) == 0:
		observe.DNSName.Saw(log, observe.NoAddress)
	case agrees(found.addrs, session):
		observe.DNSName.Saw(log, observe.OfService)
	default:
		observe.DNSName.Saw(log, observe.OtherAddress)
	}
	for _, addr := range found.addrs {
		observe.DNSAddress.Add(log, addr.String())
	}
	observe.DNSWinner.Saw(log, found.endedAt(session.resolv.clusterDomain()))
	observe.DNSResent.Saw(log, found.resent(session))
	suffix, malformed := observe.AnsweredFine, 0
	for _, t := range found.tried {
		malformed += t.malformed()
		if t.name == found.winner {
			recordAAAA(t, log)
		} else if suffix == observe.AnsweredFine {
			suffix = suffixOf(t)
		}
	}
	observe.DNSMalformed.Saw(log, malformed)
	if len(found.addrs) > 0 {
		observe.DNSSuffix.Saw(log, suffix)
	}
}

// endedAt says which name had the address.
func (l lookup) endedAt(domain string) observe.Winner {
	switch {
	case len(l.addrs) == 0:
		return observe.NoWinner
	case l.winner == "":
		return observe.FromHosts
	case strings.EqualFold(l.winner, serviceName+"."+domain+"."):
		return observe.OwnName
	}
	return observe.OtherDomain
}

// resent says that a question was lost: the one that had the address, or, where none
// had, one that a nameserver which had answered before left open.
func (l lookup) resent(session *Session) bool {
	if len(l.addrs) == 0 {
		return session.resolv.clusterDomain() != "" && l.unanswered()
	}
	return slices.ContainsFunc(l.tried, func(t attempt) bool {
		return t.name == l.winner && t.errA == nil && t.err6 == nil && max(t.a.sent, t.aaaa.sent) > 1
	})
}

func recordAAAA(t attempt, log *observe.Log) {
	switch {
	case len(t.a.addrs) == 0:
	case t.err6 != nil:
		observe.DNSAAAA.Saw(log, observe.AnsweredSilent)
	case t.aaaa.rcode != dnsmessage.RCodeSuccess:
		observe.DNSAAAA.Saw(log, observe.AnsweredError)
	default:
		observe.DNSAAAA.Saw(log, observe.AnsweredFine)
	}
}

func suffixOf(t attempt) observe.Answered {
	switch {
	case t.errA != nil:
		return observe.AnsweredSilent
	case unlikeNXDomain(t) != "":
		return observe.AnsweredError
	}
	return observe.AnsweredFine
}

// byName makes a failure a warning where clients go to an address: only programs that
// spell out kubernetes.default.svc need its name.
func (f *Session) byName(out Outcome) Outcome {
	if _, err := netip.ParseAddr(f.Host); err == nil && out.Status == Fail {
		out.Status = Warn
	}
	return out
}
