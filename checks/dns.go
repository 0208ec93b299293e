package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// serviceName is the name that the Kubernetes guide promises for the API.
const serviceName = "kubernetes.default.svc"

const defaultDomain = "cluster.local"

var dnsConfig = &Check{
	ID:      "dns.config",
	Records: []*observe.Row{observe.DNSResolver.Row, observe.DNSNameservers.Row, observe.DNSDomain.Row, observe.DNSLimits.Row, observe.DNSDefaultDomain.Row},
	Title:   "resolv.conf leads to the cluster's DNS",
	Run:     runDNSConfig,
}

func runDNSConfig(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.noPod {
		return blocked("env.service")
	}
	conf, err := readResolvConf(sys)
	session.resolv = conf
	recordConfig(conf, err, log)
	var e Evidence
	e.Add("file", resolvConfFile)
	if err != nil {
		return session.byName(fail(e, "%v", err))
	}
	domain := conf.clusterDomain()
	e.Add("nameservers", "%s", join(conf.nameservers))
	e.Add("search", "%s", strings.Join(conf.search, " "))
	e.Add("ndots", "%d", conf.ndots)
	e.Add("options", "%s", conf.options)
	e.Add("cluster domain", "%s", domain)
	e.Add("resolver of", "%s", conf.owner())
	for i, fault := range conf.faults() {
		e.Add(fmt.Sprintf("fault %d", i), "%s", fault)
	}
	switch faults := conf.faults(); {
	case len(conf.nameservers) == 0:
		return session.byName(fail(e, "%s: no nameserver", resolvConfFile))
	case domain == "":
		return warn(e, "%s: no svc domain in the search list; nameserver %s", resolvConfFile, join(conf.nameservers))
	case len(faults) > 0:
		return warn(e, "%s: %s", resolvConfFile, strings.Join(faults, "; "))
	case domain != defaultDomain:
		return warn(e, "the cluster domain is %s: what hard-codes %s fails", domain, defaultDomain)
	}
	return pass(e, "nameserver %s, domain %s", join(conf.nameservers), domain)
}

// owner says whose resolver the file names.
func (c resolvConf) owner() string {
	switch {
	case c.clusterDomain() == "":
		return "the node"
	case slices.ContainsFunc(c.nameservers, isNodeCache):
		return "the node-local DNS cache"
	}
	return "the cluster"
}

func join(addrs []netip.Addr) string {
	var b strings.Builder
	for i, addr := range addrs {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(addr.String())
	}
	return b.String()
}

// isNodeCache knows the addresses that NodeLocal DNSCache and Kubespray use;
// other link-local addresses are a cloud's own resolver.
func isNodeCache(addr netip.Addr) bool {
	return addr == netip.AddrFrom4([4]byte{169, 254, 20, 10}) || addr == netip.AddrFrom4([4]byte{169, 254, 25, 10})
}

var dnsResolve = &Check{
	ID:      "dns.resolve",
	Records: []*observe.Row{observe.DNSName.Row, observe.DNSAddress.Row, observe.DNSWinner.Row, observe.DNSResent.Row, observe.DNSSuffix.Row, observe.DNSAAAA.Row, observe.DNSMalformed.Row},
	Title:   "kubernetes.default.svc resolves to the API server's address",
	Needs:   []string{"dns.servers"},
	Run:     runDNSResolve,
}

func runDNSResolve(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if len(session.nameservers) == 0 {
		return blocked("dns.servers")
	}
	found := resolve(ctx, sys, session.resolv, session.nameservers, serviceName)
	session.apiAddrs = found.addrs
	recordLookup(ctx, session, found, log)
	var e Evidence
	e.Add("name", "%s", serviceName)
	for _, t := range found.tried {
		e.Add(t.name, "%s", t)
	}
	if len(found.tried) == 0 && len(found.addrs) > 0 {
		e.Add("found in", hostsFile)
	}
	if len(found.unasked) > 0 {
		e.Add("not asked", "%s", strings.Join(found.unasked, " "))
	}
	e.Add("addresses", "%s", join(found.addrs))
	switch {
	case len(found.addrs) == 0 && session.resolv.clusterDomain() == "" && session.dnsKnows:
		return session.byName(fail(e, "%s: no address: the search list lacks svc.%s, and %s knows only whole names", serviceName, defaultDomain, join(session.nameservers)))
	case len(found.addrs) == 0 && session.resolv.clusterDomain() == "":
		return session.byName(fail(e, "%s: no address from %s, which is not the cluster's DNS", serviceName, join(session.nameservers)))
	case len(found.addrs) == 0 && found.unanswered():
		return session.byName(fail(e, "%s: no address: %s, which answered before, is late or loses questions", serviceName, join(session.nameservers)))
	case len(found.addrs) == 0:
		return session.byName(fail(e, "%s: no address by any of %d names of the search list", serviceName, len(found.tried)))
	case !agrees(found.addrs, session):
		return wrongAddress(session, found, e)
	}
	for _, t := range found.tried {
		last := t.name == found.winner
		switch broken := unlikeNXDomain(t); {
		case !last && broken != "":
			return warn(e, "%s: %s; some resolvers stop there", t.name, broken)
		case last && t.errA == nil && t.err6 != nil:
			return warn(e, "%s: A is answered, AAAA: %v", t.name, t.err6)
		case last && t.aaaa.rcode != dnsmessage.RCodeSuccess && len(t.a.addrs) > 0:
			return warn(e, "%s: A is answered, AAAA: %s", t.name, rcodeName(t.aaaa.rcode))
		case t.malformed() > 0:
			return warn(e, "%s: %d replies are malformed", t.name, t.malformed())
		case max(t.a.sent, t.aaaa.sent) > 1:
			return warn(e, "%s: answered only after %d datagrams", t.name, max(t.a.sent, t.aaaa.sent))
		}
	}
	return pass(e, "%s is %s", serviceName, join(found.addrs))
}

// unlikeNXDomain says what a suffix answered when it did not simply say that
// there is no such name.
func unlikeNXDomain(t attempt) string {
	switch {
	case t.errA != nil:
		return t.errA.Error()
	case t.a.rcode != dnsmessage.RCodeNameError && t.a.rcode != dnsmessage.RCodeSuccess:
		return rcodeName(t.a.rcode)
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

func wrongAddress(session *Session, found lookup, e Evidence) Outcome {
	domain := session.resolv.clusterDomain()
	if found.winner != "" && !strings.EqualFold(found.winner, serviceName+"."+domain+".") {
		return session.byName(fail(e, "%s answers with %s before the cluster's own name is asked", found.winner, join(found.addrs)))
	}
	return session.byName(fail(e, "%s is %s, %s is %s", serviceName, join(found.addrs), hostVar, session.Host))
}
