package lab

import (
	"net"
	"net/netip"
	"syscall"
	"time"
)

// endpointKnown tells the pod the API server's own address.
func endpointKnown(pod *Pod) error {
	pod.System.Endpoints = []netip.AddrPort{netip.MustParseAddrPort(endpoint)}
	return nil
}

// endpointAnswers has the API server's own address answer.
func endpointAnswers(p *plan) { p.routes["tcp "+endpoint] = route{server: "api"} }

// dnsBy is what becomes of all that is sent to the Service of DNS, silentServices with nothing.
func dnsBy(r route) func(*plan) {
	return func(p *plan) {
		to := net.JoinHostPort(dnsIP, "53")
		p.routes["udp "+to], p.routes["tcp "+to], p.routes["tcp "+net.JoinHostPort(dnsIP, "9153")] = r, r, r
	}
}

func silentServices(p *plan) { dnsBy(nothing)(p) }

// onNode puts the pod on the host network.
func onNode(p *plan) { p.proc["net/dev"] = nodeDevices }

// nodeBalancer has the pod use a balancer of its own node, as KubePrism and others are.
func nodeBalancer(host string, r route) func(*plan) {
	return all(onNode, elsewhere(nothing), variables("KUBERNETES_SERVICE_HOST="+host, "KUBERNETES_SERVICE_PORT=7445"), func(p *plan) {
		p.hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost\n"
		p.routes["tcp 127.0.0.1:7445"], p.routes["tcp [::1]:7445"] = r, route{}
	})
}

// fieldOfServices are reports of what stands behind the Service IP.
func fieldOfServices() []fieldWorld {
	firewall := []string{"net.pod-firewall"}
	late := route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}
	return []fieldWorld{
		{
			name: "a socket balancer denies the API's Service", change: all(apiBy(route{errno: syscall.EPERM}), elsewhere(nothing)),
			right: []string{"net.no-endpoints"}, never: firewall,
		},
		{
			name: "a socket balancer says that the API's host is unreachable", change: all(apiBy(route{errno: syscall.EHOSTUNREACH}), elsewhere(nothing)),
			right: []string{"net.no-endpoints"},
		},
		{
			name: "a socket balancer denies the Service of DNS", change: all(elsewhere(nothing), dnsBy(route{errno: syscall.EPERM})),
			right: []string{"dns.no-endpoints"}, never: append(firewall, "dns.silent"),
		},
		{
			name: "a sandboxed runtime, whose packets no balancer translates", change: all(apiBy(nothing), silentServices, elsewhere(nothing), endpointAnswers, func(p *plan) {
				p.proc["version"] = "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n"
			}),
			after: endpointKnown, right: []string{"net.service-ips-dead"},
		},
		{name: "Service IPs are dead, and nothing else is known", change: all(apiBy(nothing), silentServices, elsewhere(nothing)), right: []string{"net.service-ips-dead", "net.egress-blocked"}, sure: "possible"},
		{name: "Service IPs are dead, their own addresses answer", change: all(apiBy(nothing), silentServices, elsewhere(nothing), endpointAnswers), after: endpointKnown, right: []string{"net.service-ips-dead"}},
		{
			name: "Service IPs are dead on the host network", change: all(onNode, apiBy(nothing), silentServices, elsewhere(nothing), endpointAnswers), after: endpointKnown,
			right: []string{"net.service-ips-dead"},
		},
		{
			name: "the rules of a node are stale, and lead to nobody", change: all(apiBy(late), elsewhere(nothing), endpointAnswers, dnsBy(late)), after: endpointKnown,
			right: []string{"net.service-ips-dead"}, never: []string{"net.host-unreachable"},
		},
		{
			name: "Service IPs are dead behind a node's DNS cache", why: "a rule for the API server alone stays possible, as no other Service IP was tried", right: []string{"net.service-ips-dead", "net.egress-blocked"}, sure: "possible",
			change: all(elsewhere(nothing), apiBy(nothing), func(p *plan) {
				p.nameserver(nodeCache).foreign = true
				p.resolv.nameservers = []string{nodeCache}
				silentServices(p)
				answerZone(record{rcode: serverFailure})(p)
			}),
			never: []string{"net.api-blocked"},
		},
		{
			name: "the node's own balancer does not listen", change: nodeBalancer("127.0.0.1", route{}),
			right: []string{"net.node-proxy-down", "net.api-down"}, never: []string{"kubectl-proxy.down", "env.overridden"},
		},
		{
			name: "the node's own balancer does not listen, by name", change: nodeBalancer("localhost", route{}),
			right: []string{"net.node-proxy-down", "net.api-down"}, never: []string{"kubectl-proxy.down", "env.overridden"},
		},
		{
			name: "the node's own balancer does not answer", change: nodeBalancer("127.0.0.1", nothing),
			right: []string{"net.node-proxy-down"}, never: []string{"net.api-blocked", "env.overridden"},
		},
		{
			name: "a balancer accepts for a backend that is dead", right: []string{"net.mesh-intercepts"}, sure: "likely", // whose title names a balancer without a live API server
			change: all(elsewhere(nothing), func(p *plan) { p.api.raw = func(c net.Conn) { c.Read(make([]byte, 4096)) } }),
		},
		{
			name: "an old address of an API server is another machine's", change: all(elsewhere(nothing), turns("cr")),
			right: []string{"net.some-endpoints-dead"},
		},
		{name: "a Service took the API server's address", change: all(elsewhere(nothing), apiBy(route{})), right: []string{"net.api-down", "net.no-endpoints"}, sure: "possible"},
		{name: "the Service's map leads to another program now and then", change: all(elsewhere(nothing), otherServers(0, 2)), right: []string{"tls.mixed-servers"}},
		{
			name: "the IPv6 Service has no endpoint, and is silent", why: "a balancer that drops for want of an endpoint is not told from a rule that drops", right: []string{"net.no-endpoints"},
			change: all(elsewhere(nothing), serviceOverIPv6, func(p *plan) { p.routes["tcp [fd00:10:96::1]:443"] = nothing }),
		},
		{
			name: "the IPv6 Service has no endpoint, and is rejected", right: []string{"net.no-endpoints"}, sure: "possible",
			change: all(elsewhere(nothing), serviceOverIPv6, func(p *plan) { p.routes["tcp [fd00:10:96::1]:443"] = route{icmp: true} }),
		},
		{
			name: "the proxy of the node fails for endpoints on nodes", change: all(elsewhere(nothing), apiBy(nothing), endpointAnswers), after: endpointKnown,
			right: []string{"net.policy-needs-endpoint", "net.api-down"}, sure: "possible",
		},
		{
			name: "the API's own node, whose Service IP is silent", change: all(onNode, elsewhere(nothing), apiBy(nothing), endpointAnswers), after: endpointKnown,
			right: []string{"net.policy-needs-endpoint", "net.api-down"}, sure: "possible",
		},
	}
}
