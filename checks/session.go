package checks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"k8s.io/client-go/rest"
)

// Session is what checks learn for the checks after them. Each field has one
// writer, named beside it, and none is ever serialised. A check has a copy of its own, which
// the run takes over when it has ended.
type Session struct {
	Host        string     // env.service: KUBERNETES_SERVICE_HOST
	Port        string     // env.service: KUBERNETES_SERVICE_PORT
	kubeletHost netip.Addr // env.service: KUBERNETES_PORT_443_TCP_ADDR
	noPod       bool       // env.service: nothing of a pod is here

	run    context.Context    // the run itself
	listed []string           // the run itself: ids of its checks
	tell   func(*expectation) // the run itself, for a check: what it expects, nil for no longer; nil for a probe
	goOn   func()             // the run itself, for a check: what comes after it may begin with what it has learned; nil for a probe
	ahead  *ahead             // auth.review

	cpuBefore     pod.CPUCounts // the run itself, before the first check
	socketsBefore bool          // the same: this pod has TCP sockets

	httpProxy *url.URL // env.proxy: the proxy that Go would use for the API

	noVolume   bool          // volume.token: the whole volume is missing or unreadable
	token      redact.Secret // the run itself, before the first check
	claims     *pod.Claims   // volume.token
	foreignPod bool          // volume.token: the token is bound to another pod

	roots *x509.CertPool      // volume.ca
	cas   []*x509.Certificate // volume.ca

	Namespace string // volume.namespace

	resolv pod.ResolvConf // dns.config
	*later

	apiPeer     netip.Addr    // net.connect: the address that answered, or the first of those that did not
	tcp         net.Conn      // net.connect: left open for tls.chain
	connectTook time.Duration // net.connect: how long it took
	apiSilent   bool          // net.connect: no address answered
	tcpOpen     time.Time     // net.connect: since when
	tunnel      net.Conn      // net.proxy: left open for tls.chain

	stalled  bool                // tls.chain: the handshake got no answer
	served   []*x509.Certificate // tls.chain: what the server sent, leaf first
	path     []*x509.Certificate // tls.chain: from the leaf to a certificate of ca.crt
	verified *tls.Conn           // tls.chain: verified for Host, left open for the API checks

	api        *apiClient     // the first check that needs it, by client
	API        rest.Interface // auth.review: sends the token, and only to the verified API server
	unanswered bool           // auth.review: it got no answer
	accepted   bool           // auth.review: the server took the token for an account
	User       string         // auth.review: the account as the server names it
	serverDate time.Time      // noteClock: the Date header of the first answer
	answeredAt time.Time      // noteClock: this pod's clock when it came
}

// later is what checks learn that others do not wait for, the same for all copies of the
// session: only who needs its writer may read it.
type later struct {
	dnsKnows    bool         // dns.servers: one of them has the API's whole name
	nameservers []netip.Addr // dns.servers: those that answered, in resolv.conf's order
	apiAddrs    []netip.Addr // dns.resolve: the addresses of kubernetes.default.svc
	allConnect  bool         // net.connect: no connection failed, came late or was cut off

	connected chan struct{} // closed by net.connect, when it makes no more connections
}

// resolvesNames says that a connection of the checks begins with a question to DNS.
func (s *Session) resolvesNames(sys *pod.System) bool {
	hosts := []string{s.Host}
	for _, proxy := range []*url.URL{s.httpProxy, sys.KubectlProxy} {
		if proxy != nil && proxy.Hostname() != localhost {
			hosts = append(hosts, proxy.Hostname())
		}
	}
	return slices.ContainsFunc(hosts, func(host string) bool {
		_, err := netip.ParseAddr(host)
		return err != nil
	})
}

func (s *Session) close() {
	s.ahead.close()
	for _, c := range []net.Conn{s.tcp, s.tunnel} {
		if c != nil {
			c.Close()
		}
	}
	if s.verified != nil {
		s.verified.NetConn().Close()
	}
	if s.api != nil {
		s.api.close()
	}
}
