package lab

import (
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ownKernel has the pod's own kernel refuse every connection by TCP, as a redirect to
// a port where nobody listens does.
func ownKernel(p *plan) {
	faultOf("net.mesh-not-ready")(p)
}

// datagrams sets the route of those to the nameservers.
func datagrams(r route) func(*plan) {
	return func(p *plan) {
		for _, address := range p.resolv.nameservers {
			p.routes["udp "+net.JoinHostPort(address, "53")] = r
		}
	}
}

// accepted has a proxy of the pod accept every connection, and listen where these ports say.
func accepted(ports string) func(*plan) {
	return func(p *plan) {
		p.rest = route{server: "api", proxy: true}
		p.routes["tcp "+apiAddress] = p.rest
		p.sockets = ports
	}
}

// Where the proxies of Istio listen, as a sidecar and in ambient mode.
const (
	sidecarPorts = "   0: 00000000:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 48151 1 0000000000000000\n" +
		"   1: 00000000:3A9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 48152 1 0000000000000000\n" +
		"   2: 00000000:3AAD 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1337        0 48153 1 0000000000000000\n"
	ambientPorts = "   0: 00000000:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 48151 1 0000000000000000\n" +
		"   1: 00000000:3A9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 48152 1 0000000000000000\n" +
		"   2: 00000000:3AA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 48153 1 0000000000000000\n"
)

// fieldOfMeshes are reports of service meshes, and of security modules.
func fieldOfMeshes() []fieldWorld {
	notReady, intercepts := []string{"net.mesh-not-ready"}, []string{"net.mesh-intercepts"}
	others := []string{"net.policy-rejects", "net.api-down", "net.service-ips-dead"}
	closes := func(p *plan) { p.api.raw = func(c net.Conn) { c.Read(make([]byte, 4096)) } }
	return []fieldWorld{
		{name: "a mesh redirects an init container's TCP", change: ownKernel, right: notReady, never: others, untold: []string{"service mesh: none"}},
		{name: "a mesh redirects an init container's TCP and DNS", change: all(ownKernel, datagrams(route{})), right: notReady, never: append(others, "dns.no-endpoints")},
		{
			name: "the application starts before its proxy", why: "that the refusals end during the run is not seen", right: notReady, sure: "likely", never: others,
			change: func(p *plan) {
				ownKernel(p)
				first := slices.Repeat([]route{{here: true}}, 2)
				p.routes["tcp "+apiAddress] = route{turns: slices.Concat(first, slices.Repeat([]route{{server: "api"}}, 60))}
			},
		},
		{name: "ztunnel closes what it accepts", change: all(accepted(ambientPorts), closes), right: intercepts},
		{
			name: "ztunnel waits for the workload's record", change: all(accepted(ambientPorts), func(p *plan) { p.api.raw = func(c net.Conn) { io.Copy(io.Discard, c) } }),
			right: append(intercepts, "net.handshake-stalled"),
		},
		{name: "a sidecar's policy closes what it accepts", change: all(accepted(sidecarPorts), closes), right: intercepts},
		{name: "a sidecar closes at once", change: all(accepted(sidecarPorts), func(p *plan) { p.api.raw = func(c net.Conn) { c.Close() } }), right: intercepts},
		{
			name: "no volume, so the sidecar cannot start", change: all(ownKernel, func(p *plan) { p.volume.unmounted = true }),
			right: []string{"volume.not-mounted", "net.mesh-not-ready"}, also: append(notReady, "volume.not-mounted"), never: others,
		},
		{
			name: "a security module denies every socket", right: []string{"net.socket-denied"}, never: []string{"net.policy-rejects"},
			change: func(p *plan) {
				p.socket = syscall.EACCES
			},
			untold: []string{"what listens on 127.0.0.1:8001 is no kubectl proxy"},
		},
		{
			name: "API servers are replaced, for seconds", why: "one refusal and then none is not told apart from an endpoint that is down", change: all(elsewhere(nothing), turns("r"+strings.Repeat("c", 40))),
			never: []string{"net.some-endpoints-dead"}, warns: []string{"net.connect warn"},
		},
		{name: "the sidecar is slow", change: all(accepted(sidecarPorts), lateBy(300*time.Millisecond))},
	}
}
