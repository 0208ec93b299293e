package checks

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// recordConfig records whose resolver the file names, and what of it resolvers
// leave out.
func recordConfig(conf pod.ResolvConf, err error, log *observe.Log) {
	domain := conf.ClusterDomain()
	switch {
	case err != nil:
		observe.DNSResolver.Saw(log, observe.NotReadable)
		return
	case len(conf.Nameservers) == 0:
		observe.DNSResolver.Saw(log, observe.NoNameserver)
	case domain == "":
		observe.DNSResolver.Saw(log, observe.OfNode)
	case slices.ContainsFunc(conf.Nameservers, pod.IsNodeCache):
		observe.DNSResolver.Saw(log, observe.OfNodeCache)
	case conf.OfProgram():
		observe.DNSResolver.Saw(log, observe.OfProgram)
	default:
		observe.DNSResolver.Saw(log, observe.OfCluster)
	}
	recordOrigin(conf, log)
	for _, server := range conf.Nameservers {
		observe.DNSNameservers.Add(log, server.String())
	}
	if domain != "" && len(conf.Nameservers) > 0 {
		observe.DNSDomain.Saw(log, domain)
		observe.DNSLimits.Saw(log, len(conf.Faults()) > 0)
		observe.DNSDefaultDomain.Saw(log, domain == pod.DefaultDomain)
	}
}

// recordOrigin records what tells who wrote resolv.conf.
func recordOrigin(conf pod.ResolvConf, log *observe.Log) {
	if at := conf.FirstNameserver(); at != "" {
		observe.DNSFirst.Saw(log, at)
	}
	if origin := conf.Origin; origin.Known {
		observe.DNSLater.Saw(log, origin.Later())
		observe.DNSComment.Saw(log, origin.Writer != "")
		if origin.Writer != "" {
			observe.DNSWriter.Saw(log, origin.Writer)
		}
	}
}

// recordServers records what each nameserver said, as what it is to this pod: a
// node's cache tells nothing of Service IPs.
func recordServers(ctx context.Context, session *Session, all []probe, log *observe.Log) {
	services, late, asked := control{log: log, host: session.Host}, 0, false
	someAnswer := slices.ContainsFunc(all, func(p probe) bool { return p.errUDP == nil })
	someWhole := slices.ContainsFunc(all, func(p probe) bool { return p.errUDP == nil && p.errTCP == nil })
	some, someTCP := observe.Answers, observe.Answers
	knows := someKnows(all)
	for _, p := range all {
		if netprobe.CutOff(ctx, p.errUDP) || netprobe.CutOff(ctx, p.errTCP) {
			continue
		}
		at := netip.AddrPortFrom(p.server, 53)
		udp, tcp := p.udp.Answer(p.errUDP), p.tcp.Answer(p.errTCP)
		byUDP, byTCP := observe.DNSUDP, observe.DNSTCP
		if pod.IsNodeCache(p.server) {
			byUDP, byTCP = observe.DNSCache, observe.DNSCacheTCP
		}
		byUDP.SawAt(log, at.String(), udp)
		if p.errUDP == nil || p.errTCP == nil {
			byTCP.SawAt(log, at.String(), tcp)
		}
		if slices.Contains(session.resolv.ServiceIPs(session.kubeletHost), p.server) {
			services.saw(observe.ControlUDP, at, udp)
			services.saw(observe.ControlTCP, at, tcp)
		}
		observe.DNSMalformed.Add(log, p.malformed())
		if p.errUDP != nil {
			if p.errTCP == nil && len(all) > 1 {
				observe.DNSUDPAlone.Saw(log, true)
			}
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
		observe.DNSTruncated.SawAt(log, at.String(), p.errTCP == nil && p.tcp.Truncated)
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

// rcodeOf names the response code; an answer that is cut short is one.
func rcodeOf(r netprobe.DNSReply) observe.Rcode {
	switch {
	case r.RCode == dnsmessage.RCodeSuccess && len(r.Addrs) == 0 && !r.Truncated:
		return observe.NoData
	case r.RCode == dnsmessage.RCodeSuccess:
		return observe.NoError
	case r.RCode == dnsmessage.RCodeNameError:
		return observe.NXDomain
	}
	return failedRcode(r.RCode)
}

// recordLookup records where the lookup of kubernetes.default.svc led.
func recordLookup(ctx context.Context, session *Session, found netprobe.Lookup, log *observe.Log) {
	if slices.ContainsFunc(found.Tried, func(t netprobe.Attempt) bool { return netprobe.CutOff(ctx, t.ErrA) || netprobe.CutOff(ctx, t.ErrAAAA) }) {
		return
	}
	switch {
	case len(found.Addrs) == 0:
		observe.DNSName.Saw(log, observe.NoAddress)
	case agrees(found.Addrs, session):
		observe.DNSName.Saw(log, observe.OfService)
	default:
		observe.DNSName.Saw(log, observe.OtherAddress)
	}
	for _, addr := range found.Addrs {
		observe.DNSAddress.Add(log, addr.String())
	}
	for _, entry := range found.Hosts {
		observe.DNSHosts.Add(log, hostsLine(entry))
	}
	if len(found.Hosts) > 0 {
		observe.DNSHostsBy.Saw(log, found.Hosts[0].By)
	}
	observe.DNSWinner.Saw(log, endedAt(found, session.resolv.ClusterDomain()))
	observe.DNSResent.Saw(log, resent(found, session))
	suffix, malformed := observe.AnsweredFine, 0
	for _, t := range found.Tried {
		malformed += t.Malformed()
		if t.Name == found.Winner {
			recordAAAA(t, log)
		} else if suffix == observe.AnsweredFine {
			suffix = suffixOf(t)
		}
	}
	observe.DNSMalformed.Saw(log, malformed)
	if len(found.Addrs) > 0 {
		observe.DNSSuffix.Saw(log, suffix)
	}
}

// endedAt says which name had the address.
func endedAt(l netprobe.Lookup, domain string) observe.Winner {
	switch {
	case len(l.Addrs) == 0:
		return observe.NoWinner
	case l.Winner == "":
		return observe.FromHosts
	case strings.EqualFold(l.Winner, pod.ServiceName+"."+domain+"."):
		return observe.OwnName
	}
	return observe.OtherDomain
}

// resent says that a question was lost: the one that had the address, or, where none
// had, one that a nameserver which had answered before left open.
func resent(l netprobe.Lookup, session *Session) bool {
	if len(l.Addrs) == 0 {
		return session.resolv.ClusterDomain() != "" && l.Unanswered()
	}
	return slices.ContainsFunc(l.Tried, func(t netprobe.Attempt) bool {
		return t.ErrA == nil && t.ErrAAAA == nil && max(t.A.Sent, t.AAAA.Sent) > 1
	})
}

func recordAAAA(t netprobe.Attempt, log *observe.Log) {
	switch {
	case len(t.A.Addrs) == 0:
	case t.ErrAAAA != nil:
		observe.DNSAAAA.Saw(log, observe.AnsweredSilent)
	case t.AAAA.RCode != dnsmessage.RCodeSuccess:
		observe.DNSAAAA.Saw(log, observe.AnsweredError)
	default:
		observe.DNSAAAA.Saw(log, observe.AnsweredFine)
	}
}

func suffixOf(t netprobe.Attempt) observe.Answered {
	switch {
	case t.ErrA != nil:
		return observe.AnsweredSilent
	case unlikeNXDomain(t) != "":
		return observe.AnsweredError
	}
	return observe.AnsweredFine
}

// byName makes a failure a warning where clients go to an address: only programs that
// spell out kubernetes.default.svc need its name.
func (s *Session) byName(out Outcome) Outcome {
	if _, err := netip.ParseAddr(s.Host); err == nil && out.Status == observe.Fail {
		out.Status = observe.Warn
	}
	return out
}
