package lab

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func netFaults() []Fault {
	toAPI := func(r route) func(*plan) {
		return func(p *plan) { p.routes["tcp "+apiAddress] = r }
	}
	return []Fault{
		{
			Code: "net.no-route", Summary: "the pod has no route to the API server",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				toAPI(route{errno: syscall.ENETUNREACH})(p)
				p.routeTable = routeHead
			},
		},
		{
			Code: "net.host-unreachable", Summary: "the node behind the Service IP is gone",
			Check: "net.connect", Status: observe.Fail,
			apply: toAPI(route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}),
		},
		{
			Code: "net.host-prohibited", Summary: "a firewall on the server's host rejects",
			Check: "net.connect", Status: observe.Fail,
			apply: toAPI(route{errno: syscall.EHOSTUNREACH, icmp: true}),
		},
		{
			Code: "net.egress-blocked", Summary: "no packet that leaves the pod is answered",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) { p.everywhere(route{silent: true}) },
		},
		{
			Code: "net.api-blocked", Summary: "only the API server does not answer",
			Check: "net.connect", Status: observe.Fail,
			apply: toAPI(route{silent: true}),
		},
		{
			Code: "net.policy-rejects", Summary: "a network policy refuses every connection at once",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) { p.everywhere(route{}) },
		},
		{
			Code: "net.api-down", Summary: "no API server runs behind the Service IP",
			Check: "net.connect", Status: observe.Fail,
			apply: toAPI(route{}),
		},
		{
			Code: "net.node-proxy-down", Summary: "an agent on the host network uses its node's balancer on loopback, which does not run",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				p.proc["net/dev"] = nodeDevices
				p.balancer(route{})
			},
		},
		{
			Code: "net.not-ready-yet", Summary: "a policy agent answers the pod's first connection with silence, and lets all later ones pass",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				now := p.routes["tcp "+apiAddress]
				now.first = true
				toAPI(now)(p)
			},
		},
		{
			Code: "net.first-syn-dropped", Summary: "IPVS drops the first SYN of every connection",
			Check: "net.connect", Status: observe.Warn,
			apply: func(p *plan) {
				if late := p.routes["tcp "+apiAddress]; late.server != "" {
					late.after += time.Second + 20*time.Millisecond
					toAPI(late)(p)
				}
			},
		},
		{
			Code: "net.conntrack-full", Summary: "the node's connection tracking table is full, and one SYN of three is lost",
			Check: "net.connect", Status: observe.Warn,
			apply: func(p *plan) {
				now := p.routes["tcp "+apiAddress]
				late := now
				late.after += time.Second + time.Millisecond
				toAPI(route{turns: []route{now, now, late}})(p)
				p.proc["net/dev"] = nodeDevices
				p.tracks("262131", "262144")
			},
		},
		{
			Code: "net.pod-routes", Summary: "a VPN client in the pod leads 10.0.0.0/8 into its tunnel",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				p.everywhere(route{silent: true})
				p.proc["net/dev"], p.routeTable = podDevices+"  tun0: 0 0 0 0\n", tunnelRoutes
			},
		},
		{
			Code: "net.pod-firewall", Summary: "a VPN client's kill switch drops what does not use its tunnel",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) { p.everywhere(route{denied: true}) },
		},
		{
			Code: "net.socket-denied", Summary: "a security module denies this container every network socket",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				p.socket, p.proc["self/attr/current"] = syscall.EACCES, "restricted (enforce)\n"
			},
		},
		{
			Code: "net.ports-exhausted", Summary: "a program of the pod holds every source port with connections to the API server",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				toAPI(route{errno: syscall.EADDRNOTAVAIL})(p)
				p.proc["sys/net/ipv4/ip_local_port_range"] = "61000\t61015\n"
				p.sockets = connectionsToAPI(61000, 16, "01")
			},
		},
		{
			Code: "net.no-endpoints", Summary: "kube-proxy rejects connections to the API's Service IP, which has no endpoint",
			Check: "net.connect", Status: observe.Fail,
			apply: toAPI(route{icmp: true}),
		},
		{
			Code: "net.mesh-not-ready", Summary: "a mesh redirects an init container's connections to its proxy, which starts later",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				here := route{here: true}
				for to := range p.routes {
					if strings.HasPrefix(to, "tcp ") && !strings.HasPrefix(to, "tcp 127.") {
						p.routes[to] = here
					}
				}
				p.rest = here
			},
		},
		{
			Code: "net.half-open", Summary: "a connection of the application to the API server is half-open",
			Check: "net.open", Status: observe.Warn,
			apply: func(p *plan) {
				p.sockets = "   0: 0701F40A:A1F2 0100600A:01BB 01 00000100:00000000 01:00000C31 00000007 65532        0 48151 7 0000000000000000\n"
			},
		},
		{
			Code: "net.cidr-overlap", Summary: "the CIDR of the pod's link contains the Service IPs",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) {
				lost := route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}
				toAPI(lost)(p)
				p.toDNS(lost)
				p.routeTable, p.arpTable = wideRoutes, unansweredARP
			},
		},
		{
			Code: "net.handshake-stalled", Summary: "the API server accepts connections and does not answer",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.api.raw = func(c net.Conn) { io.Copy(io.Discard, c) } },
		},
		{
			Code: "net.mesh-intercepts", Summary: "a transparent proxy accepts every connection and closes those to the API server",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) {
				accepted := p.routes["tcp "+apiAddress]
				accepted.proxy = true
				toAPI(accepted)(p)
				p.api.raw = func(c net.Conn) { c.Read(make([]byte, 4096)) }
			},
		},
		{
			Code: "net.sni-required", Summary: "a gateway answers only with a server name (SNI)",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) {
				p.tls.config = append(p.tls.config, func(c *tls.Config) {
					if len(c.Certificates) == 0 {
						return
					}
					only := c.Certificates[0]
					c.Certificates = nil // without a certificate the server sends unrecognized_name
					c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
						if hello.ServerName == "" {
							return nil, nil
						}
						return &only, nil
					}
				})
			},
		},
	}
}

// balancer sets the address of a balancer of the node, on loopback, as Talos has one.
func (p *plan) balancer(r route) {
	p.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
	p.setenv("KUBERNETES_SERVICE_PORT", "7445")
	p.setenv("KUBERNETES_SERVICE_PORT_HTTPS", "7445")
	p.routes["tcp 127.0.0.1:7445"] = r
	p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) { leaf.IPAddresses = append(leaf.IPAddresses, net.IPv4(127, 0, 0, 1)) })
}
