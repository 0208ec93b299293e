package lab

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// otherDNS is a second nameserver, nodeCache the address of NodeLocal DNSCache.
const (
	otherDNS  = "10.96.0.11"
	nodeCache = "169.254.20.10"
)

// TestRecordedDNS has worlds, and what the checks and probes of DNS record of them;
// "" was not observed.
func TestRecordedDNS(t *testing.T) {
	t.Parallel()
	type seen map[*observe.Row]string
	silent, refused := route{silent: true}, route{}
	lost := route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}
	dns := func(r route) func(*plan) { return func(p *plan) { p.toDNS(r) } }
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   seen
	}{
		{"healthy", func(*plan) {}, seen{
			observe.DNSResolver.Row: "cluster", observe.DNSLimits.Row: "no", observe.DNSDefaultDomain.Row: "yes", observe.DNSDomain.Row: "cluster.local", observe.DNSNameservers.Row: "0 " + dnsIP,
			observe.DNSUDP.Row: dnsIP + ":53 answers", observe.DNSTCP.Row: dnsIP + ":53 answers", observe.DNSCache.Row: "", observe.DNSSome.Row: "", observe.DNSLate.Row: "",
			observe.DNSRcode.Row: dnsIP + ":53 NOERROR", observe.DNSTruncated.Row: dnsIP + ":53 no", observe.DNSMalformed.Row: "0",
			observe.DNSName.Row: "service", observe.DNSWinner.Row: "own", observe.DNSHosts.Row: "", observe.DNSHostsBy.Row: "", observe.DNSSuffix.Row: "fine", observe.DNSAAAA.Row: "fine", observe.DNSResent.Row: "no", observe.DNSAddress.Row: "0 " + serviceIP,
			observe.DNSWildcard.Row: "no", observe.DNSPairsStall.Row: "0/20", observe.DNSSinglesStall.Row: "0/40",
		}},

		// resolv.conf
		{"the node's resolver", (*plan).nodeResolver, seen{
			observe.DNSResolver.Row: "node", observe.DNSDefaultDomain.Row: "", observe.DNSDomain.Row: "", observe.DNSUDP.Row: "192.168.1.1:53 answers",
			observe.DNSRcode.Row: "192.168.1.1:53 NXDOMAIN", observe.DNSName.Row: "none", observe.Control.Row: "",
		}},
		{"no nameserver", func(p *plan) { p.resolv.text = "search svc.cluster.local\n" }, seen{observe.DNSResolver.Row: "none", observe.DNSUDP.Row: "", observe.DNSName.Row: ""}},
		{"four nameservers", faultOf("dns.limits"), seen{observe.DNSLimits.Row: "yes", observe.DNSSome.Row: "answers"}},
		{"another domain", faultOf("dns.other-domain"), seen{observe.DNSDefaultDomain.Row: "no", observe.DNSDomain.Row: "k8s.shop.example", observe.DNSName.Row: "service"}},
		{"a cache on the node", cacheOnNode, seen{
			observe.DNSResolver.Row: "node-cache", observe.DNSCache.Row: nodeCache + ":53 answers", observe.DNSUDP.Row: "", observe.Control.Row: "", observe.DNSRcode.Row: nodeCache + ":53 NOERROR",
		}},
		{"a cloud's resolver at a link-local address", func(p *plan) {
			p.nameserver("169.254.169.254")
			p.resolv.nameservers = []string{"169.254.169.254"}
		}, seen{observe.DNSResolver.Row: "cluster", observe.DNSUDP.Row: "169.254.169.254:53 answers", observe.Control.Row: ""}},

		// what a nameserver says as a peer
		{"silent", dns(silent), seen{
			observe.DNSUDP.Row: dnsIP + ":53 silent", observe.DNSRcode.Row: "", observe.DNSSome.Row: "", observe.DNSName.Row: "", observe.NetName.Row: "",
			observe.ControlUDP.Row: dnsIP + ":53 silent", observe.DNSPairsStall.Row: "", observe.DNSWildcard.Row: "",
		}},
		{"refuses", dns(refused), seen{observe.DNSUDP.Row: dnsIP + ":53 refuses", observe.ControlTCP.Row: dnsIP + ":53 refuses"}},
		{"the kernel forbids it", dns(route{errno: syscall.EPERM}), seen{observe.DNSUDP.Row: dnsIP + ":53 denied"}},
		{"no route", dns(route{errno: syscall.ENETUNREACH}), seen{observe.DNSUDP.Row: dnsIP + ":53 no-route"}},
		{"no port", dns(route{errno: syscall.EADDRNOTAVAIL}), seen{observe.DNSUDP.Row: dnsIP + ":53 no-port"}},
		{"prohibited", dns(route{errno: syscall.EHOSTUNREACH}), seen{observe.DNSUDP.Row: dnsIP + ":53 prohibited"}},
		{"no neighbour", dns(lost), seen{observe.DNSUDP.Row: dnsIP + ":53 no-neighbour"}},
		{"the node's cache is dead", faultOf("dns.node-cache-down"), seen{observe.DNSCache.Row: nodeCache + ":53 refuses", observe.DNSUDP.Row: "", observe.Control.Row: ""}},
		{"the node's cache is silent by TCP", func(p *plan) {
			cacheOnNode(p)
			p.routes["tcp "+nodeCache+":53"] = silent
		}, seen{observe.DNSCache.Row: nodeCache + ":53 answers", observe.DNSCacheTCP.Row: nodeCache + ":53 silent", observe.DNSTCP.Row: ""}},
		{"TCP is silent", faultOf("dns.tcp-blocked"), seen{observe.DNSUDP.Row: dnsIP + ":53 answers", observe.DNSTCP.Row: dnsIP + ":53 silent", observe.Control.Row: "answers"}},

		// one of two
		{"the first of two is silent", two(func(p *plan) { p.routes["udp "+dnsIP+":53"], p.routes["tcp "+dnsIP+":53"] = silent, silent }), seen{
			observe.DNSUDP.Row: dnsIP + ":53 silent, " + otherDNS + ":53 answers", observe.DNSSome.Row: "silent", observe.DNSName.Row: "service",
		}},
		{"the second of two refuses", two(func(p *plan) { p.routes["udp "+otherDNS+":53"], p.routes["tcp "+otherDNS+":53"] = refused, refused }), seen{observe.DNSSome.Row: "refuses"}},
		{"two that answer", two(func(*plan) {}), seen{observe.DNSSome.Row: "answers", observe.DNSSomeTCP.Row: "answers"}},
		{"the second of two refuses TCP", two(func(p *plan) { p.routes["tcp "+otherDNS+":53"] = refused }), seen{observe.DNSSome.Row: "answers", observe.DNSSomeTCP.Row: "refuses"}},
		{"two that refuse TCP", two(func(p *plan) { p.routes["tcp "+dnsIP+":53"], p.routes["tcp "+otherDNS+":53"] = refused, refused }), seen{observe.DNSSomeTCP.Row: "", observe.DNSTCP.Row: dnsIP + ":53 refuses, " + otherDNS + ":53 refuses"}},
		{"the second of two does not know the name", two(func(p *plan) { p.dns[otherDNS].foreign = true }), seen{observe.DNSDisagree.Row: dnsIP + ":53 no, " + otherDNS + ":53 yes"}},

		// response codes
		{"NXDOMAIN", faultOf("dns.nxdomain"), seen{observe.DNSRcode.Row: dnsIP + ":53 NXDOMAIN", observe.DNSName.Row: "none", observe.DNSWinner.Row: "none"}},
		{"SERVFAIL", faultOf("dns.servfail"), seen{observe.DNSRcode.Row: dnsIP + ":53 SERVFAIL", observe.DNSOutside.Row: "NXDOMAIN", observe.DNSName.Row: "none"}},
		{"REFUSED", faultOf("dns.refused"), seen{observe.DNSRcode.Row: dnsIP + ":53 REFUSED"}},
		{"NOTIMP", answerZone(record{rcode: dnsmessage.RCodeNotImplemented}), seen{observe.DNSRcode.Row: dnsIP + ":53 REFUSED"}},
		{"FORMERR", answerZone(record{rcode: dnsmessage.RCodeFormatError}), seen{observe.DNSRcode.Row: dnsIP + ":53 other"}},
		{"no address of that family", answerZone(record{}), seen{observe.DNSRcode.Row: dnsIP + ":53 NODATA", observe.DNSName.Row: "none"}},
		{"late, and late again", faultOf("dns.slow"), seen{observe.DNSLate.Row: "10/10", observe.DNSResent.Row: "yes"}},
		{"late once", func(p *plan) { p.dns[dnsIP].stall, p.dns[dnsIP].stallOnce = 1500*time.Millisecond, true }, seen{observe.DNSLate.Row: "0/10"}},

		// broken replies
		{"cut short by UDP and TCP", altered(cutShort), seen{observe.DNSTruncated.Row: dnsIP + ":53 yes", observe.DNSName.Row: "none"}},
		{"cut short by UDP, and TCP refuses", func(p *plan) {
			altered(cutShort)(p)
			p.routes["tcp "+dnsIP+":53"] = refused
		}, seen{observe.DNSTCP.Row: dnsIP + ":53 refuses", observe.DNSName.Row: "none"}},
		{"an address of five bytes", altered(longAddress), seen{observe.DNSUDP.Row: dnsIP + ":53 answers", observe.DNSMalformed.Row: "6", observe.DNSRcode.Row: "", observe.DNSAddress.Row: "", observe.ControlUDP.Row: dnsIP + ":53 answers"}},
		{"an address of five bytes before a good one", answered(func(reply []byte) [][]byte { return [][]byte{longAddress(slices.Clone(reply)), reply} }), seen{observe.DNSMalformed.Row: "1, 2", observe.DNSName.Row: "service", observe.DNSAddress.Row: "0 " + serviceIP}},
		{"replies to another question", altered(func(reply []byte) []byte { reply[13] ^= 3; return reply }), seen{observe.DNSUDP.Row: dnsIP + ":53 silent", observe.DNSMalformed.Row: "0"}},

		// the search list
		{"a wildcard in a search domain", faultOf("dns.search-hijack"), seen{observe.DNSName.Row: "other", observe.DNSWinner.Row: "search", observe.DNSWildcard.Row: "yes", observe.DNSAddress.Row: "0 203.0.113.80", observe.NetName.Row: ""}},
		{"another address", faultOf("dns.wrong-answer"), seen{observe.DNSName.Row: "other", observe.DNSWinner.Row: "own", observe.DNSWildcard.Row: "no", observe.NetName.Row: ""}},
		{"an entry of /etc/hosts", func(p *plan) { p.hosts += "10.96.7.7 kubernetes.default.svc\n" }, seen{
			observe.DNSName.Row: "other", observe.DNSWinner.Row: "hosts", observe.DNSHostsBy.Row: "other", observe.DNSHosts.Row: `0 line 9 of /etc/hosts: "10.96.7.7 kubernetes.default.svc"`,
		}},
		{"a search domain is refused", faultOf("dns.search-broken"), seen{observe.DNSSuffix.Row: "error", observe.DNSName.Row: "service"}},
		{"a search domain is silent", func(p *plan) {
			p.resolv.before = append(p.resolv.before, corpDomain)
			p.dns[dnsIP].raw = unless(p, func(q dnsmessage.Question) bool { return strings.Contains(q.Name.String(), corpDomain) })
		}, seen{observe.DNSSuffix.Row: "silent", observe.DNSName.Row: "service", observe.DNSResent.Row: "no", observe.DNSWildcard.Row: ""}},
		{"AAAA fails", faultOf("dns.aaaa-broken"), seen{observe.DNSAAAA.Row: "error"}},
		{"AAAA is silent", func(p *plan) {
			p.dns[dnsIP].raw = unless(p, func(q dnsmessage.Question) bool { return q.Type == dnsmessage.TypeAAAA })
		}, seen{observe.DNSAAAA.Row: "silent", observe.DNSName.Row: "service"}},
		{"only the first question is answered", onlyTheFirst, seen{observe.DNSRcode.Row: dnsIP + ":53 NOERROR", observe.DNSName.Row: "none", observe.DNSResent.Row: "yes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			// at no multiple of the time after which a question is sent again
			o := world{change: test.change, every: true, limit: 4900 * time.Millisecond}.look(t)
			for subject, want := range test.want {
				if got := o.recorded(subject); got != want {
					t.Errorf("%s: got %q, want %q%s", subject.ID, got, want, o)
				}
			}
			for _, r := range o.results {
				for _, wrong := range wronglyRecorded(r) {
					t.Error(wrong)
				}
			}
		})
	}
}

// TestCauseOfBrokenDNS has worlds that only their records distinguish.
func TestCauseOfBrokenDNS(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   string // the first cause
	}{
		{"replies that cannot be read", altered(longAddress), "dns.servfail"},
		{"replies that cannot be read before good ones", answered(func(reply []byte) [][]byte { return [][]byte{longAddress(slices.Clone(reply)), reply} }), "dns.servfail"},
		{"cut short by UDP and TCP", altered(cutShort), "dns.servfail"},
		{"cut short by UDP, and TCP refuses", func(p *plan) {
			altered(cutShort)(p)
			p.routes["tcp "+dnsIP+":53"] = route{}
		}, "dns.tcp-blocked"},
		{"the second of two refuses TCP", two(func(p *plan) { p.routes["tcp "+otherDNS+":53"] = route{} }), "dns.tcp-blocked"},
		{"the node's cache is silent by TCP", func(p *plan) {
			cacheOnNode(p)
			p.routes["tcp "+nodeCache+":53"] = route{silent: true}
		}, "dns.tcp-blocked"},
		{"the first of two is silent", two(func(p *plan) {
			p.routes["udp "+dnsIP+":53"], p.routes["tcp "+dnsIP+":53"] = route{silent: true}, route{silent: true}
		}), "dns.silent"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: test.change}.look(t)
			if got := append(o.causes(), ""); got[0] != test.want {
				t.Errorf("got %q, want %q first%s", got, test.want, o)
			}
		})
	}
}

// TestLookupThatIsCutOff: the end of the run says nothing of the nameserver.
func TestLookupThatIsCutOff(t *testing.T) {
	t.Parallel()
	o := world{change: onlyTheFirst, limit: time.Minute}.look(t)
	for _, subject := range []*observe.Row{observe.DNSName.Row, observe.DNSResent.Row, observe.DNSSuffix.Row} {
		if got := o.recorded(subject); got != "" {
			t.Errorf("%s: got %q, want nothing%s", subject.ID, got, o)
		}
	}
	if got := o.of("dns.resolve").Status; got != observe.Skip {
		t.Errorf("got %s, want a lookup that is cut off%s", got, o)
	}
}

// onlyTheFirst is a nameserver that answers one question.
func onlyTheFirst(p *plan) {
	var asked atomic.Bool
	p.dns[dnsIP].raw = unless(p, func(dnsmessage.Question) bool { return asked.Swap(true) })
	p.routes["tcp "+dnsIP+":53"] = route{}
}

// cacheOnNode gives the pod the node's DNS cache as its nameserver.
func cacheOnNode(p *plan) {
	p.nameserver(nodeCache)
	p.resolv.nameservers = []string{nodeCache}
}

// two gives the pod a second nameserver.
func two(change func(*plan)) func(*plan) {
	return func(p *plan) {
		p.nameserver(otherDNS)
		p.resolv.nameservers = []string{dnsIP, otherDNS}
		change(p)
	}
}

// answered is a nameserver that makes of each good reply other datagrams.
func answered(change func(reply []byte) [][]byte) func(*plan) {
	return func(p *plan) {
		server := &dnsServer{plan: &dnsPlan{}, domain: p.domain}
		p.dns[dnsIP].raw = func(query []byte) [][]byte { return change(server.reply(query)) }
	}
}

func altered(change func(reply []byte) []byte) func(*plan) {
	return answered(func(reply []byte) [][]byte { return [][]byte{change(reply)} })
}

// unless is a healthy nameserver that does not answer some questions.
func unless(p *plan, lost func(dnsmessage.Question) bool) func([]byte) [][]byte {
	server := &dnsServer{plan: &dnsPlan{}, domain: p.domain}
	return func(query []byte) [][]byte {
		var m dnsmessage.Message
		if m.Unpack(query) != nil || lost(m.Questions[0]) {
			return nil
		}
		return [][]byte{server.reply(query)}
	}
}

// cutShort sets TC and takes everything but the question.
func cutShort(reply []byte) []byte {
	reply[2] |= 0x02
	for _, count := range []int{6, 8, 10} {
		binary.BigEndian.PutUint16(reply[count:], 0)
	}
	return reply
}

// longAddress makes the address of an answer one byte longer than addresses are.
func longAddress(reply []byte) []byte {
	if binary.BigEndian.Uint16(reply[6:]) == 0 {
		return reply
	}
	end := len(reply) - 4
	binary.BigEndian.PutUint16(reply[end-2:], 5)
	return append(reply, 0)
}
