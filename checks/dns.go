package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var dnsConfig = &Check{
	ID:      "dns.config",
	Records: []*observe.Row{observe.DNSResolver.Row, observe.DNSFirst.Row, observe.DNSComment.Row, observe.DNSLater.Row, observe.DNSWriter.Row, observe.DNSNameservers.Row, observe.DNSDomain.Row, observe.DNSLimits.Row, observe.DNSDefaultDomain.Row},
	Title:   "resolv.conf leads to the cluster's DNS",
	Run:     runDNSConfig,
}

func runDNSConfig(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.noPod {
		return blocked("env.service")
	}
	conf, err := pod.ReadResolvConf(sys)
	session.resolv = conf
	recordConfig(conf, err, log)
	var e observe.Evidence
	e.Add("file", pod.ResolvConfFile)
	if err != nil {
		return session.byName(fail(e, "%v", err))
	}
	domain := conf.ClusterDomain()
	e.Add("nameservers", "%s", pod.JoinAddrs(conf.Nameservers))
	e.Add("search", "%s", strings.Join(conf.Search, " "))
	e.Add("ndots", "%d", conf.NDots)
	e.Add("options", "%s", conf.Options)
	e.Add("cluster domain", "%s", domain)
	for i, fault := range conf.Faults() {
		e.Add(fmt.Sprintf("fault %d", i), "%s", fault)
	}
	switch faults := conf.Faults(); {
	case len(conf.Nameservers) == 0:
		return session.byName(fail(e, "%s: no nameserver", pod.ResolvConfFile))
	case domain == "":
		return warn(e, "%s: no svc domain in the search list; nameserver %s%s", pod.ResolvConfFile, pod.JoinAddrs(conf.Nameservers), conf.Origin.Signs())
	case len(faults) > 0:
		return warn(e, "%s: %s", pod.ResolvConfFile, strings.Join(faults, "; "))
	case domain != pod.DefaultDomain:
		return warn(e, "the cluster domain is %s: what hard-codes %s fails", domain, pod.DefaultDomain)
	}
	return pass(e, "nameserver %s, domain %s", pod.JoinAddrs(conf.Nameservers), domain)
}

var dnsResolve = &Check{
	ID:      "dns.resolve",
	Records: []*observe.Row{observe.DNSName.Row, observe.DNSAddress.Row, observe.DNSWinner.Row, observe.DNSHosts.Row, observe.DNSHostsBy.Row, observe.DNSResent.Row, observe.DNSSuffix.Row, observe.DNSAAAA.Row, observe.DNSMalformed.Row},
	Title:   "kubernetes.default.svc resolves to the API server's address",
	Needs:   []string{"dns.servers"},
	Aside:   true,
	Run:     runDNSResolve,
}

func runDNSResolve(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if len(session.nameservers) == 0 {
		return blocked("dns.servers")
	}
	found := netprobe.Resolve(ctx, sys, session.resolv, session.nameservers, pod.ServiceName)
	session.apiAddrs = found.Addrs
	recordLookup(ctx, session, found, log)
	var e observe.Evidence
	e.Add("name", "%s", pod.ServiceName)
	for _, t := range found.Tried {
		e.Add(t.Name, "%s", t)
	}
	for _, entry := range found.Hosts {
		e.Add("found in", "%s", hostsLine(entry))
	}
	if len(found.Unasked) > 0 {
		e.Add("not asked", "%s", strings.Join(found.Unasked, " "))
	}
	e.Add("addresses", "%s", pod.JoinAddrs(found.Addrs))
	switch {
	case len(found.Addrs) == 0 && session.resolv.ClusterDomain() == "" && session.dnsKnows:
		return session.byName(fail(e, "%s: no address: the search list lacks svc.%s, and %s knows only whole names", pod.ServiceName, pod.DefaultDomain, pod.JoinAddrs(session.nameservers)))
	case len(found.Addrs) == 0 && session.resolv.ClusterDomain() == "":
		return session.byName(fail(e, "%s: no address from %s, which is not the cluster's DNS", pod.ServiceName, pod.JoinAddrs(session.nameservers)))
	case len(found.Addrs) == 0 && found.Unanswered():
		return session.byName(fail(e, "%s: no address: %s, which answered before, is late or loses questions", pod.ServiceName, pod.JoinAddrs(session.nameservers)))
	case len(found.Addrs) == 0:
		return session.byName(fail(e, "%s: no address by any of %d names of the search list", pod.ServiceName, len(found.Tried)))
	case !agrees(found.Addrs, session):
		return wrongAddress(session, found, e)
	}
	for _, t := range found.Tried {
		last := t.Name == found.Winner
		switch broken := unlikeNXDomain(t); {
		case !last && broken != "":
			return warn(e, "%s: %s; some resolvers stop there", t.Name, broken)
		case last && t.ErrA == nil && t.ErrAAAA != nil:
			return warn(e, "%s: A is answered, AAAA: %v", t.Name, t.ErrAAAA)
		case last && t.AAAA.RCode != dnsmessage.RCodeSuccess && len(t.A.Addrs) > 0:
			return warn(e, "%s: A is answered, AAAA: %s", t.Name, netprobe.RCodeName(t.AAAA.RCode))
		case t.Malformed() > 0:
			return warn(e, "%s: %d replies are malformed", t.Name, t.Malformed())
		case max(t.A.Sent, t.AAAA.Sent) > 1:
			return warn(e, "%s: answered only after %d datagrams", t.Name, max(t.A.Sent, t.AAAA.Sent))
		}
	}
	return pass(e, "%s is %s", pod.ServiceName, pod.JoinAddrs(found.Addrs))
}

// unlikeNXDomain says what a suffix answered when it did not simply say that
// there is no such name.
func unlikeNXDomain(t netprobe.Attempt) string {
	switch {
	case t.ErrA != nil:
		return t.ErrA.Error()
	case t.A.RCode != dnsmessage.RCodeNameError && t.A.RCode != dnsmessage.RCodeSuccess:
		return netprobe.RCodeName(t.A.RCode)
	}
	return ""
}

// agrees says whether the name leads to the address that the environment has;
// a host that is itself a name cannot be compared.
func agrees(addrs []netip.Addr, session *Session) bool {
	host, err := netip.ParseAddr(session.Host)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(addrs, func(addr netip.Addr) bool {
		return addr.Unmap() == host.Unmap() || addr == session.kubeletHost
	})
}

func wrongAddress(session *Session, found netprobe.Lookup, e observe.Evidence) Outcome {
	if len(found.Hosts) > 0 {
		return session.byName(fail(e, "%s, where %s is %s", hostsLine(found.Hosts[0]), hostVar, session.Host))
	}
	domain := session.resolv.ClusterDomain()
	if found.Winner != "" && !strings.EqualFold(found.Winner, pod.ServiceName+"."+domain+".") {
		return session.byName(fail(e, "%s answers with %s before the cluster's own name is asked", found.Winner, pod.JoinAddrs(found.Addrs)))
	}
	return session.byName(fail(e, "%s is %s, %s is %s", pod.ServiceName, pod.JoinAddrs(found.Addrs), hostVar, session.Host))
}

// hostsLine is a line of /etc/hosts as a report shows it.
func hostsLine(entry pod.HostsEntry) string {
	return fmt.Sprintf("line %d of %s: %.100q", entry.Line, pod.HostsFile, entry.Text)
}
