package lab

import (
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/pod"
)

// nothing comes back.
var nothing = route{silent: true}

// all makes several changes.
func all(changes ...func(*plan)) func(*plan) {
	return func(p *plan) {
		for _, change := range changes {
			change(p)
		}
	}
}

// variables sets "NAME=value" for the container.
func variables(list ...string) func(*plan) {
	return func(p *plan) {
		for _, v := range list {
			name, value, _ := strings.Cut(v, "=")
			p.setenv(name, value)
		}
	}
}

// elsewhere is what becomes of what is sent to every other address.
func elsewhere(r route) func(*plan) { return func(p *plan) { p.rest = r } }

// resolver is the text of resolv.conf, written some time after the pod was set up; its
// first nameserver does not know the cluster.
func resolver(text string, later time.Duration) func(*plan) {
	return func(p *plan) {
		p.resolv.text, p.resolv.later, p.resolv.nameservers = text, later, nil
		for line := range strings.SplitSeq(text, "\n") {
			if address, ok := strings.CutPrefix(line, "nameserver "); ok {
				p.resolv.nameservers = append(p.resolv.nameservers, address)
				if p.dns[address] == nil {
					p.nameserver(address).foreign = true
				}
			}
		}
	}
}

// imageBundle puts the certificate of another CA into the image.
func imageBundle(pod *Pod) error {
	authority, err := newAuthority(named("Public CA 7"))
	if err != nil {
		return err
	}
	return files(pod, map[string]string{"etc/ssl/certs/ca-certificates.crt": string(authority.pem())})
}

// lives sets when the token was issued and when it ends.
func lives(issued, expires time.Duration) func(*plan) {
	return func(p *plan) { p.token.issued, p.token.expires = issued, expires }
}

// issueWorlds are the examples of the kinds K1 to K10, which were tried first.
func issueWorlds() []fieldWorld {
	services := netip.MustParsePrefix("10.96.0.0/12")
	silentAPI := apiBy(nothing)
	rewritten := []string{"dns.rewritten"}
	return []fieldWorld{
		{
			name: "K1 no digital signature", change: chainNamed("no digital signature"), right: []string{"tls.strict-clients"},
			rows: map[string]string{"Java (official)": "KeyUsage does not allow digital signatures"},
		},
		{
			name: "K1 an intermediate without its root", change: chainNamed("ca.crt is an intermediate CA"), right: []string{"volume.ca-not-root"},
			rows: map[string]string{"Python": "unable to get issuer certificate", "JavaScript": "UNABLE_TO_GET_ISSUER_CERT"},
		},
		{
			name: "K1 the served certificate is ca.crt", change: chainNamed("ca.crt is the server's certificate"), right: []string{"volume.ca-not-root"},
			rows: map[string]string{"Python": "unable to get local issuer certificate", "JavaScript": "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Rust (kube-rs)": "UnknownIssuer"},
		},
		{
			name: "K1 a CA without key usage", change: chainNamed("a CA without key usage"), right: []string{"tls.strict-clients"},
			rows: map[string]string{"Python": "CA cert does not include key usage extension"},
		},
		{name: "K1 a CA of version 1", change: chainNamed("a CA of version 1"), right: []string{"tls.strict-clients"}, rows: map[string]string{"Python": "certificate verify failed"}},
		{
			name: "K1 a comment behind the CA", change: chainNamed("a comment behind the CA"), right: []string{"volume.ca-dirty"},
			rows: map[string]string{"Java (fabric8)": "Could not parse certificate"},
		},
		{
			name: "K2 the bundle of the image", change: variables("REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt"), after: imageBundle,
			right: []string{"env.client-override"}, also: []string{"env.client-override"}, untold: []string{"no client variable is set"},
		},
		{name: "K2 Go with FIPS 140 alone", change: variables("GODEBUG=fips140=only"), right: []string{"env.client-override"}, untold: []string{"no client variable is set"}},
		{
			name: "K3 a large ClientHello", change: faultOf("tls.large-hello"), right: []string{"tls.large-hello"},
			untold: []string{"size is not what stops it"},
		},
		{
			name: "K4 a kill switch", change: faultOf("net.pod-firewall"), right: []string{"net.pod-firewall"},
			never: []string{"dns.silent", "net.egress-blocked"}, untold: []string{"host network: yes"},
		},
		{
			name: "K4 a VPN's routes in a table of their own", change: all(silentAPI, (*plan).silentDNS),
			after: asked(pod.Route{To: services, Device: "wg0", Table: 52, Tunnel: true}), right: []string{"net.pod-routes"},
			never: []string{"net.service-ips-dead"},
		},
		{
			name: "K4 a bridge of Docker's with the API's address", change: apiBy(route{}),
			after: asked(pod.Route{To: services, Device: "br-0a1b", Own: true, Table: 255}), right: []string{"net.pod-routes"},
			never: []string{"net.api-down", "net.service-ips-dead"}, untold: []string{"host network: yes"},
		},
		{
			name: "K4 a bridge of Docker's with the range of the Services", change: all(apiBy(route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}), (*plan).silentDNS),
			after: asked(pod.Route{To: services, Device: "br-0a1b", Table: 254}), right: []string{"net.pod-routes"},
			never: []string{"net.host-unreachable", "net.service-ips-dead"},
		},
		{name: "K5 every source port is held", change: faultOf("net.ports-exhausted"), right: []string{"net.ports-exhausted"}, never: []string{"net.no-route"}},
		{
			name: "K6 a redirect before the sidecar runs", change: faultOf("net.mesh-not-ready"), right: []string{"net.mesh-not-ready"},
			never: []string{"net.policy-rejects"}, untold: []string{"service mesh: none"},
		},
		{
			name: "K7 not renewed", change: lives(-80*time.Minute, -20*time.Minute), right: []string{"token.not-renewed"},
			untold: []string{"rollout restart"},
		},
		{
			name: "K7 for the audience api", change: func(p *plan) { p.token.audience = "api" }, right: []string{"token.wrong-audience"},
			sure: "possible", untold: []string{"the token's audience is the API server's", "audience is one that is usual"},
		},
		{
			name: "K7 two days ahead", change: all(lives(48*time.Hour, 49*time.Hour), func(p *plan) { p.volume.written = -20 * time.Minute }),
			right: []string{"token.not-yet-valid"},
		},
		{name: "K8 loopback in resolv.conf", change: resolver("# Generated by resolvconf\nnameserver 127.0.0.1\n", 40*time.Second), right: rewritten, never: []string{"dns.node-resolver"}},
		{name: "K8 a VPN's address in resolv.conf", change: faultOf("dns.rewritten"), right: rewritten, never: []string{"dns.node-resolver"}},
		{
			name: "K9 hostAliases", right: []string{"dns.wrong-answer"},
			change: func(p *plan) {
				p.hosts = kubeletHosts + "\n# Entries added by HostAliases.\n10.96.7.7\tkubernetes.default.svc\n"
			},
		},
		{name: "K10 no endpoint of this family", change: faultOf("net.no-endpoints"), right: []string{"net.no-endpoints"}, sure: "possible"},
	}
}

// silentDNS has no nameserver answer.
func (p *plan) silentDNS() { p.toDNS(nothing) }
