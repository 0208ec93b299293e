package lab

import (
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	serverFailure = dnsmessage.RCodeServerFailure
	refusal       = dnsmessage.RCodeRefused
)

// lateBy has every connection to the API server come up late.
func lateBy(d time.Duration) func(*plan) {
	return func(p *plan) {
		now := p.routes["tcp "+apiAddress]
		now.after = d
		p.routes["tcp "+apiAddress] = now
	}
}

// fieldOfPaths are reports of what lies on the way to the API server.
func fieldOfPaths() []fieldWorld {
	endpoints := []string{"net.some-endpoints-dead"}
	return []fieldWorld{
		{name: "nothing off the pod answers", change: func(p *plan) { p.everywhere(nothing) }, right: []string{"net.egress-blocked"}, sure: "possible"},
		{name: "the API alone is silent", change: all(elsewhere(nothing), apiBy(nothing)), right: []string{"net.api-blocked"}, sure: "likely"},
		{
			name: "the managed API's allow list lacks the cluster", right: []string{"net.api-blocked"}, sure: "likely", never: []string{"env.overridden"},
			change: all(elsewhere(nothing), apiBy(nothing), func(p *plan) {
				hostAt(p, "shop-1.hcp.westeurope.azmk8s.io", "203.0.113.10")
				p.setenv("KUBERNETES_PORT_443_TCP_ADDR", serviceIP)
				p.routes["tcp 203.0.113.10:443"] = nothing
			}),
		},
		{
			name: "a rule of OpenShift denies the API's own addresses", right: []string{"net.api-blocked"}, sure: "likely",
			change: all(elsewhere(nothing), variables("KUBERNETES_SERVICE_HOST=172.30.0.1", "KUBERNETES_PORT_443_TCP_ADDR=172.30.0.1"), func(p *plan) {
				p.routes["tcp 172.30.0.1:443"] = nothing
				p.nameserver("172.30.0.10")
				p.resolv.nameservers = []string{"172.30.0.10"}
			}),
		},
		{name: "every connection is a second late", change: all(elsewhere(nothing), lateBy(1020*time.Millisecond)), right: []string{"net.first-syn-dropped", "net.lossy"}, never: endpoints},
		{name: "every connection is three seconds late", why: "what is late twice could be one of several endpoints that is dead", change: all(elsewhere(nothing), lateBy(3060*time.Millisecond)), right: []string{"net.first-syn-dropped", "net.lossy"}, never: endpoints},
		{name: "the first connection is lost, and no later one", why: "a failure that ends during the run is taken for one of several endpoints", change: all(elsewhere(nothing), turns("s"+strings.Repeat("c", 40))), never: endpoints, warns: []string{"net.connect warn"}},
		{name: "each third connection is lost, at whatever server", change: all(elsewhere(nothing), turns("ccs")), right: append(endpoints, "net.lossy"), sure: "possible"},
		{
			name: "DNS is silent in the pod's first seconds", never: []string{"dns.silent"}, warns: []string{"dns.servers warn", "dns.resolve warn"},
			change: all(elsewhere(nothing), func(p *plan) {
				for _, d := range p.dns {
					d.stall, d.stallOnce = 4*time.Second, true
				}
			}),
		},
		{
			name: "the pod's IPv6 address is not ready", right: []string{"net.address-tentative", "net.no-route"}, never: []string{"net.ports-exhausted"},
			change: all(elsewhere(nothing), serviceOverIPv6, func(p *plan) {
				p.routes["tcp [fd00:10:96::1]:443"] = route{errno: syscall.EADDRNOTAVAIL}
				p.proc["net/if_inet6"] = "fd000010024400000000000000000007 02 40 00 40     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n"
			}),
		},
		{name: "a server accepts and never answers", change: all(elsewhere(nothing), func(p *plan) { p.api.raw = func(c net.Conn) { io.Copy(io.Discard, c) } }), right: []string{"net.handshake-stalled"}},
		{name: "an idle connection was cut", change: all(elsewhere(nothing), faultOf("net.half-open")), right: []string{"net.half-open"}},
	}
}

// fieldOfDNS are reports of names.
func fieldOfDNS() []fieldWorld {
	answers := func(rcode dnsmessage.RCode, but ...string) func(*plan) {
		return func(p *plan) {
			p.addRule(func(name string, _ dnsmessage.Type, _ string) (record, bool) {
				return record{rcode: rcode}, !slices.Contains(but, name)
			})
		}
	}
	cloudDNS := func(p *plan) {
		p.nameserver("169.254.169.254")
		p.resolv.nameservers = []string{"169.254.169.254"}
		p.resolv.after = []string{"c.shop-1.internal", "google.internal"}
	}
	const full = "kubernetes.default.svc.cluster.local"
	return []fieldWorld{
		{name: "DNS is silent", change: all(elsewhere(nothing), (*plan).silentDNS), right: []string{"dns.silent"}},
		{
			name: "DNS is silent by UDP alone", change: all(elsewhere(nothing), func(p *plan) { p.routes["udp "+dnsIP+":53"] = nothing }),
			right: []string{"dns.udp-blocked"}, untold: []string{"DNS server is down"},
		},
		{
			name: "a policy no longer knows the node's DNS cache", change: all(elsewhere(nothing), cacheOnNode, (*plan).silentDNS),
			right: []string{"dns.node-cache-down"}, sure: "likely",
		},
		{name: "a policy refuses every name but the full one", change: all(elsewhere(nothing), answers(refusal, full)), right: []string{"dns.search-broken", "dns.refused"}},
		{name: "a policy refuses every name", change: all(elsewhere(nothing), answers(refusal)), right: []string{"dns.refused"}},
		{name: "a rule against the metadata server cuts DNS", change: all(elsewhere(nothing), cloudDNS, (*plan).silentDNS), right: []string{"dns.silent"}, never: []string{"dns.node-cache-down"}},
		{
			name: "only names outside fail", change: all(elsewhere(nothing), func(p *plan) {
				p.addRule(func(name string, _ dnsmessage.Type, domain string) (record, bool) {
					return record{rcode: serverFailure}, !within(name, domain)
				})
			}),
		},
		{
			name: "the API has an outside name, and names outside fail", right: []string{"dns.servfail"},
			change: all(elsewhere(nothing), func(p *plan) {
				p.addRule(func(name string, _ dnsmessage.Type, domain string) (record, bool) {
					return record{rcode: serverFailure}, !within(name, domain)
				})
				hostNamed(p, "shop.hcp.example")
			}),
		},
		{name: "another cluster domain", change: all(elsewhere(nothing), faultOf("dns.other-domain")), right: []string{"dns.other-domain"}},
		{
			name: "a search domain fails, as musl sees it", right: []string{"dns.search-broken"},
			change: all(elsewhere(nothing), func(p *plan) {
				p.resolv.before = []string{corpDomain}
				p.addRule(func(name string, _ dnsmessage.Type, _ string) (record, bool) {
					return record{rcode: serverFailure}, within(name, corpDomain)
				})
			}),
		},
		{
			name: "hostAliases of a virtual cluster, elsewhere", right: []string{"dns.wrong-answer"},
			change: func(p *plan) {
				p.hosts = kubeletHosts + "10.97.0.1 kubernetes.default.svc.cluster.local kubernetes kubernetes.default kubernetes.default.svc\n"
			},
		},
	}
}
