package lab

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/k8sdoctor/k8sdoctor/pod"
	"golang.org/x/net/dns/dnsmessage"
)

// Sockets are where the servers of a cluster listen when a network of the
// caller's, such as one of network namespaces, stands between them and the pod.
type Sockets struct {
	// API is a listener for each API server; all have one certificate and key.
	API []net.Listener
	// DNSPackets and DNSStreams are the DNS server's, over UDP and over TCP.
	DNSPackets []net.PacketConn
	DNSStreams []net.Listener
}

// Setup is how a pod and its cluster differ from the usual ones.
type Setup struct {
	// Faults are codes of Faults. Those of the network change nothing: the
	// network is the caller's.
	Faults []string
	// Chain is one of Chains, or the usual one when empty.
	Chain Chain
	// ServiceIP is the API's in place of 10.96.0.1.
	ServiceIP netip.Addr
	// Nameservers are those of resolv.conf in place of 10.96.0.10.
	Nameservers []string
	// MoreNames is how many names the API server's certificate has beyond the
	// usual ones; each takes 40 bytes.
	MoreNames int
}

// Serve is Start with real sockets: it writes the pod's files to dir and starts
// the servers on the sockets, which Close closes. System.Dial is a real dialer:
// System is to be used inside the caller's network only, and AddKubectlProxy is
// for the pods of Start.
func Serve(dir string, at Sockets, setup Setup) (*Pod, error) {
	chosen, err := find(setup.Faults)
	if err != nil {
		return nil, err
	}
	p := healthy()
	setup.apply(p)
	for _, f := range chosen {
		f.apply(p)
	}
	c, err := newCluster(p)
	if err != nil {
		return nil, err
	}
	if err := writeFiles(dir, p, c); err != nil {
		return nil, err
	}
	made := &Pod{api: newAPIServer(p, c)}
	for _, l := range at.API {
		made.closes = append(made.closes, apiService(p, c, made.api)(l))
	}
	dns := &dnsServer{plan: p.dns[dnsIP], domain: p.domain}
	for _, packets := range at.DNSPackets {
		made.closes = append(made.closes, dns.answer(packets))
	}
	for _, l := range at.DNSStreams {
		made.closes = append(made.closes, rawService(dns.serveTCP)(l))
	}
	made.System = &pod.System{
		Root: dir,
		Env:  p.env,
		Dial: pod.OwnPod().Dial,
		Now:  func() time.Time { return time.Now().Add(p.ahead) },
	}
	return made, nil
}

func (s Setup) apply(p *plan) {
	if s.Chain.apply != nil {
		s.Chain.apply(p)
	}
	if len(s.Nameservers) > 0 {
		p.resolv.nameservers = s.Nameservers
	}
	if s.ServiceIP.IsValid() {
		p.serviceAt(s.ServiceIP)
	}
	for i := range s.MoreNames {
		name := fmt.Sprintf("api-%02d.a-control-plane.shop.example", i)
		p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) { leaf.DNSNames = append(leaf.DNSNames, name) })
	}
}

// serviceAt moves the API's Service to another address.
func (p *plan) serviceAt(addr netip.Addr) {
	at := "tcp://" + netip.AddrPortFrom(addr, 443).String()
	p.setenv("KUBERNETES_SERVICE_HOST", addr.String())
	p.setenv("KUBERNETES_PORT", at)
	p.setenv("KUBERNETES_PORT_443_TCP", at)
	p.setenv("KUBERNETES_PORT_443_TCP_ADDR", addr.String())
	p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) {
		leaf.IPAddresses = append(leaf.IPAddresses, addr.AsSlice())
	})
	p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
		if name != "kubernetes.default.svc."+domain {
			return record{}, false
		}
		if addr.Is4() == (kind == dnsmessage.TypeA) {
			return record{addr: addr}, true
		}
		return record{}, true
	})
}
