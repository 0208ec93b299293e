package lab

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// record is the answer to one question: an address, or none.
type record struct {
	rcode dnsmessage.RCode
	addr  netip.Addr
}

// dnsRule answers a question, or leaves it to the next rule. The name is in
// lower case and without its last dot.
type dnsRule func(name string, kind dnsmessage.Type, domain string) (record, bool)

// clusterZone answers for the cluster's domain as CoreDNS does.
func clusterZone(name string, kind dnsmessage.Type, domain string) (record, bool) {
	hosts := map[string]string{
		"kubernetes.default.svc." + domain:   serviceIP,
		"kube-dns.kube-system.svc." + domain: dnsIP,
	}
	switch ip, found := hosts[name]; {
	case !within(name, domain):
		return record{}, false
	case found && kind == dnsmessage.TypeA:
		return record{addr: netip.MustParseAddr(ip)}, true
	case found || name == domain || within("kubernetes.default.svc."+domain, name):
		return record{}, true
	}
	return record{rcode: dnsmessage.RCodeNameError}, true
}

// within says whether a name is a zone or below it.
func within(name, zone string) bool {
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// dnsServer is one nameserver.
type dnsServer struct {
	plan    *dnsPlan
	domain  string
	queries atomic.Int64 // over UDP
}

// resolve answers a question; nobody knows names outside the cluster.
func (s *dnsServer) resolve(q dnsmessage.Question) record {
	rules := s.plan.rules
	if !s.plan.foreign {
		rules = append(rules[:len(rules):len(rules)], clusterZone)
	}
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	for _, rule := range rules {
		if r, ok := rule(name, q.Type, s.domain); ok {
			return r
		}
	}
	return record{rcode: dnsmessage.RCodeNameError}
}

// reply makes the answer to a query; nil when it is none.
func (s *dnsServer) reply(query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || m.Response || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	r := s.resolve(q)
	inside := !s.plan.foreign && within(strings.ToLower(strings.TrimSuffix(q.Name.String(), ".")), s.domain)
	out := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: m.ID, Response: true, RCode: r.rcode, Authoritative: inside,
			RecursionDesired: m.RecursionDesired, RecursionAvailable: true,
		},
		Questions: m.Questions,
	}
	head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET, TTL: 5}
	switch {
	case r.addr.Is4():
		out.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: r.addr.As4()}}}
	case r.addr.Is6():
		out.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: r.addr.As16()}}}
	case r.rcode == dnsmessage.RCodeSuccess, r.rcode == dnsmessage.RCodeNameError:
		out.Authorities = []dnsmessage.Resource{s.soa(inside)}
	}
	for _, extra := range m.Additionals {
		if extra.Header.Type == dnsmessage.TypeOPT {
			out.Additionals = []dnsmessage.Resource{extra}
		}
	}
	packed, err := out.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func (s *dnsServer) soa(inside bool) dnsmessage.Resource {
	zone, ns, box := ".", "a.root-servers.net.", "nstld.verisign-grs.com."
	if inside {
		zone, ns, box = s.domain+".", "ns.dns."+s.domain+".", "hostmaster."+s.domain+"."
	}
	return dnsmessage.Resource{
		Header: dnsmessage.ResourceHeader{
			Name: dnsmessage.MustNewName(zone), Type: dnsmessage.TypeSOA, Class: dnsmessage.ClassINET, TTL: 5,
		},
		Body: &dnsmessage.SOAResource{
			NS: dnsmessage.MustNewName(ns), MBox: dnsmessage.MustNewName(box),
			Serial: 1795314001, Refresh: 7200, Retry: 1800, Expire: 86400, MinTTL: 5,
		},
	}
}

// serveDNS starts the nameserver that stands for an address, over UDP and TCP.
func (pod *Pod) serveDNS(address string, p *dnsPlan, domain string) error {
	s := &dnsServer{plan: p, domain: domain}
	packets, err := pod.dialer.network.listenPackets()
	if err != nil {
		return err
	}
	pod.closes = append(pod.closes, s.answer(packets))
	pod.dialer.setServer("udp dns "+address, packets.LocalAddr().String())
	return pod.listen("dns "+address, rawService(s.serveTCP))
}

// answer serves what arrives at a UDP socket; what it returns ends that.
func (s *dnsServer) answer(packets net.PacketConn) func() {
	var running sync.WaitGroup
	running.Go(func() { s.serveUDP(packets, &running) })
	return func() {
		packets.Close()
		running.Wait()
	}
}

func (s *dnsServer) serveUDP(c net.PacketConn, running *sync.WaitGroup) {
	buf := make([]byte, 4096)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		query := append([]byte(nil), buf[:n]...)
		stall := s.plan.stall
		if s.queries.Add(1) > 1 && s.plan.stallOnce {
			stall = 0
		}
		running.Go(func() {
			time.Sleep(stall)
			for _, reply := range s.datagrams(query) {
				c.WriteTo(reply, from)
			}
		})
	}
}

func (s *dnsServer) datagrams(query []byte) [][]byte {
	if s.plan.raw != nil {
		return s.plan.raw(query)
	}
	if reply := s.reply(query); reply != nil {
		return [][]byte{reply}
	}
	return nil
}

func (s *dnsServer) serveTCP(c net.Conn) {
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		for _, reply := range s.datagrams(query) {
			framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)
			if _, err := c.Write(framed); err != nil {
				return
			}
		}
	}
}
