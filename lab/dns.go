package lab

import (
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// corpDomain is a search domain that the pod has from elsewhere.
const corpDomain = "corp.example"

func dnsFaults() []Fault {
	return []Fault{
		{
			Code: "dns.node-resolver", Summary: "the pod uses the node's resolver",
			Check: "dns.resolve", Status: observe.Warn,
			apply: (*plan).nodeResolver,
		},
		{
			Code: "dns.nxdomain", Summary: "the cluster DNS does not know the API server's name",
			Check: "dns.servers", Status: observe.Warn,
			apply: answerZone(record{rcode: dnsmessage.RCodeNameError}),
		},
		{
			Code: "dns.other-domain", Summary: "the cluster domain is k8s.shop.example",
			Check: "dns.config", Status: observe.Warn,
			apply: func(p *plan) { p.domain = "k8s.shop.example" },
		},
		{
			Code: "dns.servfail", Summary: "CoreDNS has not synced with the API server",
			Check: "dns.servers", Status: observe.Warn,
			apply: answerZone(record{rcode: dnsmessage.RCodeServerFailure}),
		},
		{
			Code: "dns.refused", Summary: "the DNS server refuses the cluster's names",
			Check: "dns.servers", Status: observe.Warn,
			apply: answerZone(record{rcode: dnsmessage.RCodeRefused}),
		},
		{
			Code: "dns.no-endpoints", Summary: "no DNS server is ready behind the service IP",
			Check: "dns.servers", Status: observe.Warn,
			apply: func(p *plan) { p.toDNS(route{}) },
		},
		{
			Code: "dns.node-cache-down", Summary: "NodeLocal DNSCache does not run",
			Check: "dns.servers", Status: observe.Warn,
			apply: func(p *plan) {
				p.resolv.nameservers = []string{"169.254.20.10"}
				p.toDNS(route{})
			},
		},
		{
			Code: "dns.silent", Summary: "the DNS server does not answer, but the API server does",
			Check: "dns.servers", Status: observe.Warn,
			apply: func(p *plan) { p.toDNS(route{silent: true}) },
		},
		{
			Code: "dns.tcp-blocked", Summary: "a policy allows DNS over UDP only",
			Check: "dns.servers", Status: observe.Warn,
			apply: func(p *plan) {
				for _, address := range p.resolv.nameservers {
					p.routes["tcp "+address+":53"] = route{silent: true}
				}
			},
		},
		{
			Code: "dns.slow", Summary: "DNS answers over UDP take 1.5 s",
			Check: "dns.servers", Status: observe.Warn,
			apply: func(p *plan) {
				for _, d := range p.dns {
					d.stall = 1500 * time.Millisecond
				}
			},
		},
		{
			Code: "dns.search-hijack", Summary: "a search domain with a wildcard comes first",
			Check: "dns.resolve", Status: observe.Warn,
			apply: func(p *plan) {
				p.resolv.before = append(p.resolv.before, corpDomain)
				p.addRule(func(name string, kind dnsmessage.Type, _ string) (record, bool) {
					if kind == dnsmessage.TypeA {
						return record{addr: netip.MustParseAddr("203.0.113.80")}, within(name, corpDomain)
					}
					return record{}, within(name, corpDomain)
				})
			},
		},
		{
			Code: "dns.search-broken", Summary: "the servers of a search domain refuse to answer",
			Check: "dns.resolve", Status: observe.Warn,
			apply: func(p *plan) {
				p.resolv.before = append(p.resolv.before, corpDomain)
				p.addRule(func(name string, _ dnsmessage.Type, _ string) (record, bool) {
					return record{rcode: dnsmessage.RCodeRefused}, within(name, corpDomain)
				})
			},
		},
		{
			Code: "dns.limits", Summary: "resolv.conf lists four nameservers",
			Check: "dns.config", Status: observe.Warn,
			apply: func(p *plan) {
				for _, address := range []string{"10.96.0.11", "10.96.0.12", "10.96.0.13"} {
					p.nameserver(address)
					p.resolv.nameservers = append(p.resolv.nameservers, address)
				}
			},
		},
		{
			Code: "dns.aaaa-broken", Summary: "AAAA queries (IPv6) fail",
			Check: "dns.resolve", Status: observe.Warn,
			apply: func(p *plan) {
				p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
					return record{rcode: dnsmessage.RCodeServerFailure},
						kind == dnsmessage.TypeAAAA && name == "kubernetes.default.svc."+domain
				})
			},
		},
		{
			Code: "dns.wrong-answer", Summary: "the API server's name resolves to another Service",
			Check: "dns.resolve", Status: observe.Warn,
			apply: func(p *plan) {
				p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
					return record{addr: netip.MustParseAddr("10.96.7.7")},
						kind == dnsmessage.TypeA && name == "kubernetes.default.svc."+domain
				})
			},
		},
	}
}

// answerZone makes every nameserver answer the same for all of the cluster's
// names.
func answerZone(r record) func(*plan) {
	return func(p *plan) {
		p.addRule(func(name string, _ dnsmessage.Type, domain string) (record, bool) {
			return r, within(name, domain)
		})
	}
}

func (p *plan) addRule(rule dnsRule) {
	for _, d := range p.dns {
		d.rules = append(d.rules, rule)
	}
}

// nodeResolver gives the pod the resolv.conf of its node.
func (p *plan) nodeResolver() {
	const address = "192.168.1.1"
	p.nameserver(address).foreign = true
	p.resolv.nameservers = []string{address}
	p.resolv.node = true
	p.resolv.after = []string{corpDomain}
	p.resolv.options = ""
}
