package diagnosis

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// What the results of a pod hold beside the one in question.
var (
	byAddress      = env("10.96.0.1", checks.Pass, "")
	clusterDNS     = result("dns.config", checks.Pass, "", "nameservers", "10.96.0.10", "cluster domain", "cluster.local")
	dnsAnswers     = result("dns.servers", checks.Pass, "", "10.96.0.10 udp", "NOERROR 10.96.0.1 in 1ms", "10.96.0.10 tcp", "NOERROR 10.96.0.1 in 1ms")
	dnsSilent      = result("dns.servers", checks.Fail, "dns.silent", "10.96.0.10 udp", "no answer within 5s after 5s", "10.96.0.10 tcp", "no answer within 5s after 5s")
	dnsRefuses     = result("dns.servers", checks.Fail, "dns.no-endpoints", "10.96.0.10 udp", "read: connection refused after 0.2ms", "10.96.0.10 tcp", "connect: connection refused after 0.2ms")
	apiSilent      = result("net.connect", checks.Fail, "net.api-blocked", "address", "10.96.0.1:443", "answer", "no answer within 5s")
	apiRefuses     = result("net.connect", checks.Fail, "net.api-down", "address", "10.96.0.1:443", "answer", "connect: connection refused after 0.1ms")
	dnsUnreachable = result("dns.servers", checks.Fail, "dns.silent", "10.96.0.10 udp", "connect: network is unreachable after 0.1ms", "10.96.0.10 tcp", "connect: network is unreachable after 0.1ms")
	apiNoRoute     = result("net.connect", checks.Fail, "net.no-route", "address", "10.96.0.1:443", "answer", "connect: network is unreachable after 0.1ms")
	connected      = result("net.connect", checks.Pass, "", "address", "10.96.0.1:443", "answer", "connected in 0.3ms")
	allSilent      = result("net.connect", checks.Fail, "net.egress-blocked", "address", "10.96.0.1:443", "answer", "no answer within 5s")
	refused401     = result("auth.review", checks.Fail, "token.rejected", "status", "401 in 2ms")
	stalled        = result("tls.chain", checks.Fail, "net.handshake-stalled")
	closedEarly    = result("tls.chain", checks.Fail, "net.mesh-intercepts")
	late           = result("net.connect", checks.Warn, "net.lossy", "answer", "connected in 1s", "more connections", "10", "late", "3", "failed", "0")
)

func probe(id string, evidence ...string) checks.Result {
	return result(id, checks.Pass, "", evidence...)
}

// routed is a pod with a route to the API server.
var routed = checks.Result{ID: "probe.route", Status: checks.Pass, Summary: "10.96.0.1 via 10.244.1.1 dev eth0; next hop: 10.244.1.1 at 02:00:00:00:00:01"}

func foreign(said string) checks.Result { return probe("probe.foreign", "192.0.2.1:443", said) }

func endpoint(said string) checks.Result { return probe("probe.endpoint", "172.18.0.2:6443", said) }

const (
	saysNothing = "no answer within 3.5s"
	saysYes     = "answers in 0.4ms"
	saysNo      = "connect: connection refused after 0.2ms"
)

// TestLookAlikes takes the fifteen groups of failures that are hardest to tell
// apart from inside a pod: their members are told apart, or stay possible
// together with what would decide.
func TestLookAlikes(t *testing.T) {
	unverified := result("tls.chain", checks.Fail, "tls.ca-rekeyed", "covers 10.96.0.1", "true")
	for _, tc := range []struct {
		group, name string
		results     []checks.Result
		want        string // "code confidence" of the first causes
		open        bool   // what would decide must be said
	}{
		{"1 API alone silent", "policy, firewall", []checks.Result{dnsAnswers, apiSilent}, "net.api-blocked likely, net.policy-needs-endpoint possible", true},
		{"1 API alone silent", "its own address is silent, too", []checks.Result{dnsAnswers, apiSilent, endpoint(saysNothing)}, "net.api-blocked likely, net.policy-needs-endpoint possible", true},
		{"1 API alone silent", "its own address answers", []checks.Result{dnsAnswers, apiSilent, endpoint(saysYes)}, "net.policy-needs-endpoint possible, net.api-down possible, net.api-blocked possible", true},
		{"1 API alone silent", "its own address refuses", []checks.Result{dnsAnswers, apiSilent, endpoint(saysNo)}, "net.api-blocked likely, net.policy-needs-endpoint possible", true},
		{"2 all service IPs silent", "nothing else known", []checks.Result{dnsSilent, allSilent, foreign(saysNothing)}, "net.egress-blocked possible, net.service-ips-dead possible", true},
		{"2 all service IPs silent", "direct addresses answer", []checks.Result{dnsSilent, allSilent, endpoint(saysYes)}, "net.service-ips-dead likely, net.policy-needs-endpoint possible", true},
		{"2 all service IPs silent", "direct addresses silent", []checks.Result{dnsSilent, allSilent, endpoint(saysNothing)}, "net.egress-blocked likely", false},
		{"2 all service IPs fail", "silent and refused, direct addresses answer", []checks.Result{dnsRefuses, apiSilent, endpoint(saysYes)}, "net.service-ips-dead likely, net.policy-rejects possible", true},
		{"2 all service IPs fail", "refused and silent, direct addresses answer", []checks.Result{dnsSilent, apiRefuses, endpoint(saysYes)}, "net.service-ips-dead likely, net.policy-rejects possible", true},
		{"2 all service IPs fail", "refused, direct addresses answer", []checks.Result{dnsRefuses, apiRefuses, endpoint(saysYes)}, "net.service-ips-dead likely, net.policy-rejects possible", true},
		{"2 all service IPs fail", "no route, direct addresses answer", []checks.Result{dnsUnreachable, apiNoRoute, endpoint(saysYes)}, "net.service-ips-dead likely, net.no-route possible", false},
		{"2 all service IPs fail", "no route and silent, direct addresses answer", []checks.Result{dnsSilent, apiNoRoute, endpoint(saysYes)}, "net.service-ips-dead likely, net.no-route possible", false},
		{"2 all service IPs fail", "no route, and direct addresses are silent", []checks.Result{dnsUnreachable, apiNoRoute, endpoint(saysNothing)}, "net.no-route likely", false},
		{"3 refused", "its own address answers", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNothing), endpoint(saysYes)}, "net.api-down possible, net.policy-rejects possible", true},
		{"3 refused", "its own address answers, and that of nobody refuses", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNo), endpoint(saysYes)}, "net.policy-rejects possible, net.api-down possible", true},
		{"3 refused", "API down", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNothing)}, "net.api-down possible", true},
		{"3 refused", "and so does its own address", []checks.Result{dnsAnswers, apiRefuses, endpoint(saysNo), foreign(saysNothing)}, "net.api-down likely", false},
		{"3 refused", "and so does its own address, and nobody else was asked", []checks.Result{dnsAnswers, apiRefuses, endpoint(saysNo)}, "net.api-down possible, net.policy-rejects possible", true},
		{"3 refused", "forbidden by the own kernel", []checks.Result{dnsAnswers, result("net.connect", checks.Fail, "net.policy-rejects", "answer", "connect: operation not permitted after 0.1ms")}, "net.policy-rejects possible, net.api-down possible", true},
		{"3 refused", "everything", []checks.Result{dnsRefuses, apiRefuses, foreign(saysNo)}, "net.policy-rejects possible, net.mesh-not-ready possible, net.service-ips-dead possible", true},
		{"3 refused", "DNS is allowed, others are refused", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNo)}, "net.api-down possible, net.policy-rejects possible", true},
		{"3 refused", "DNS is allowed, its metrics and others are refused", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNo), probe("probe.service-ip", "10.96.0.10:9153 metrics", saysNo)}, "net.policy-rejects possible, net.api-down possible", true},
		{"3 refused", "DNS and its metrics answer, others are refused", []checks.Result{dnsAnswers, apiRefuses, foreign(saysNo), probe("probe.service-ip", "10.96.0.10:9153 metrics", saysYes)}, "net.api-down possible, net.policy-rejects possible", true},
		{"3 refused", "mesh proxy not up", []checks.Result{dnsRefuses, apiRefuses, foreign(saysNo), probe("probe.sidecar", "listening", "", "mesh env", "ISTIO_META_MESH_ID")}, "net.mesh-not-ready likely", false},
		{"4 no route to host", "fast", []checks.Result{result("net.connect", checks.Fail, "net.host-prohibited", "answer", "connect: no route to host after 0.2ms")}, "net.host-prohibited likely", false},
		{"4 no route to host", "slow", []checks.Result{result("net.connect", checks.Fail, "net.host-unreachable", "answer", "connect: no route to host after 3.1s")}, "net.host-unreachable likely", false},
		{"4 no route to host", "none at all", []checks.Result{dnsUnreachable, apiNoRoute}, "net.no-route likely", false},
		{"4 no route to host", "a router says so of all service IPs", []checks.Result{dnsUnreachable, apiNoRoute, routed}, "net.no-route possible, net.service-ips-dead possible", true},
		{"4 no route to host", "no free port", []checks.Result{dnsAnswers, result("net.connect", checks.Fail, "net.no-route", "answer", "connect: cannot assign requested address after 0.1ms"), routed}, "net.no-route possible", true},
		{"5 handshake hangs", "small segments pass", []checks.Result{connected, stalled, probe("probe.segment", "usual segment", saysNothing, "segment 536", "certificate received in 3ms")}, "net.mtu likely", false},
		{"5 handshake hangs", "small segments hang", []checks.Result{connected, stalled, probe("probe.segment", "usual segment", saysNothing, "segment 536", saysNothing)}, "net.handshake-stalled likely, net.mtu possible", false},
		{"5 handshake hangs", "now and then", []checks.Result{connected, stalled, probe("probe.segment", "usual segment", saysNothing, "segment 536", "certificate received in 3ms"), probe("probe.fresh", "connections", "6", "connected", "6", "verified", "3")}, "net.some-endpoints-dead possible, net.handshake-stalled possible, net.mtu possible", true},
		{"5 handshake hangs", "behind a transparent proxy", []checks.Result{connected, stalled, foreign(saysYes), probe("probe.segment", "usual segment", saysNothing, "segment 536", saysNothing)}, "net.handshake-stalled possible, net.api-blocked possible", true},
		{"5 handshake hangs", "small segments pass, and SYNs get lost", []checks.Result{late, stalled, probe("probe.segment", "usual segment", saysNothing, "segment 536", "certificate received in 3ms")}, "net.lossy possible, net.handshake-stalled possible, net.mtu possible", true},
		{"5 handshake hangs", "SYNs and DNS questions get lost", []checks.Result{late, stalled, probe("probe.dns-timing", "pairs", "20", "stalled", "9", "stalled singles", "5")}, "net.lossy likely, net.handshake-stalled possible", false},
		{"6 closed after the hello", "transparent proxy", []checks.Result{connected, closedEarly, foreign(saysYes)}, "net.mesh-intercepts possible, net.api-down possible", true},
		{"6 closed after the hello", "now and then", []checks.Result{connected, closedEarly, probe("probe.server-name", "with kubernetes.default.svc", "verifies, leaf 00"), probe("probe.fresh", "connections", "6", "connected", "6", "verified", "5")}, "net.some-endpoints-dead possible, net.mesh-intercepts possible", true},
		{"6 closed after the hello", "by plain HTTP", []checks.Result{connected, fails("tls.chain", "tls.not-tls")}, "tls.not-tls certain", false},
		{"6 closed after the hello", "by the plain HTTP of a transparent proxy", []checks.Result{connected, fails("tls.chain", "tls.not-tls"), foreign(saysYes)}, "tls.intercepted possible, tls.not-tls possible", true},
		{"6 closed after the hello", "a server name helps", []checks.Result{connected, closedEarly, probe("probe.server-name", "with kubernetes.default.svc", "verifies, leaf 00")}, "net.sni-required likely", false},
		{"6 closed after the hello", "neither", []checks.Result{connected, closedEarly, foreign(saysNothing)}, "net.mesh-intercepts possible, net.sni-required possible, net.handshake-stalled possible", true},
		{"7 opaque 401", "keys not readable", []checks.Result{connected, refused401, probe("probe.keys", "issuer", "not readable: 403", "jwks", "not readable: 403")}, "token.rejected possible, token.unknown-key possible, token.unknown-issuer possible", true},
		{"7 opaque 401", "key and issuer are the server's", []checks.Result{connected, refused401, probe("probe.keys", "jwks", "kid found, signature verifies", "issuer", "https://a", "token issuer", "https://a")}, "token.rejected likely", true},
		{"7 opaque 401", "the key is the server's, its issuer is not to be read", []checks.Result{connected, refused401, probe("probe.keys", "jwks", "kid found, signature verifies", "issuer", "not readable: 403", "token issuer", "https://a")}, "token.rejected possible, token.unknown-key possible, token.unknown-issuer possible", true},
		{"7 opaque 401", "foreign key", []checks.Result{connected, refused401, probe("probe.keys", "jwks", "kid not among 2 keys")}, "token.unknown-key likely", false},
		{"7 opaque 401", "foreign issuer", []checks.Result{connected, refused401, probe("probe.keys", "jwks", "kid found, signature verifies", "issuer", "https://b", "token issuer", "https://a")}, "token.unknown-issuer likely", false},
		{"7 opaque 401", "expired by the server's clock alone", []checks.Result{connected, result("token.claims", checks.Pass, ""), fails("auth.review", "token.expired"), result("auth.clock", checks.Fail, "token.expired", "skew", "-2h0m0s")}, "token.clock-skew likely, token.expired possible", false},
		{"7 opaque 401", "expired by both clocks", []checks.Result{connected, warns("token.claims", "token.expired"), fails("auth.review", "token.expired"), result("auth.clock", checks.Fail, "token.expired", "skew", "-2h0m0s")}, "token.expired certain", false},
		{"7 opaque 401", "an audience that is nobody's", []checks.Result{connected, result("token.claims", checks.Pass, ""), fails("auth.review", "token.wrong-audience")}, "token.wrong-audience possible, token.rejected possible", true},
		{"7 opaque 401", "an audience that is nobody's, and a foreign key", []checks.Result{connected, result("token.claims", checks.Pass, ""), fails("auth.review", "token.wrong-audience"), probe("probe.keys", "jwks", "kid not among 2 keys")}, "token.unknown-key likely", false},
		{"7 opaque 401", "an audience of another system", []checks.Result{connected, warns("token.claims", "token.wrong-audience"), fails("auth.review", "token.wrong-audience")}, "token.wrong-audience likely", false},
		{"8 by server", "keys differ", []checks.Result{connected, refused401, probe("probe.fresh", "connections", "6", "leaf verifies, leaf aa, review 201 Created", "3", "leaf verifies, leaf bb, review 401 Unauthorized", "3")}, "token.intermittent likely", false},
		{"8 by server", "one refuses", []checks.Result{dnsAnswers, apiRefuses, probe("probe.fresh", "connections", "6", "connected", "3", "failed: "+saysNo, "3")}, "net.some-endpoints-dead likely", false},
		{"8 by server", "the first refuses, and none after it", []checks.Result{dnsAnswers, apiRefuses, probe("probe.fresh", "connections", "6", "connected", "6")}, "net.some-endpoints-dead possible, net.api-down possible", true},
		{"8 by server", "a later one refuses, and none after it", []checks.Result{dnsAnswers, result("net.connect", checks.Warn, "net.some-endpoints-dead", "answer", "connected in 0.3ms", "connection 3", saysNo), probe("probe.fresh", "connections", "6", "connected", "6")}, "net.some-endpoints-dead likely", false},
		{"8 by server", "a later one is silent, and none after it", []checks.Result{dnsAnswers, result("net.connect", checks.Warn, "net.some-endpoints-dead", "answer", "connected in 0.3ms", "connection 3", saysNothing), probe("probe.fresh", "connections", "6", "connected", "6")}, "net.some-endpoints-dead possible, net.lossy possible", true},
		{"8 by server", "some late, none fails", []checks.Result{dnsAnswers, result("net.connect", checks.Warn, "net.lossy", "answer", "connected in 1s"), probe("probe.fresh", "connections", "6", "connected", "6", "slow connects", "2")}, "net.lossy possible, net.some-endpoints-dead possible", true},
		{"8 by server", "some silent", []checks.Result{dnsAnswers, apiSilent, probe("probe.fresh", "connections", "6", "connected", "3", "failed: "+saysNothing, "3")}, "net.some-endpoints-dead possible, net.lossy possible", true},
		{"9 unknown authority", "CA made anew", []checks.Result{connected, unverified}, "tls.ca-rekeyed likely", false},
		{"9 unknown authority", "servers differ", []checks.Result{connected, unverified, probe("probe.fresh", "leaf verifies, leaf aa", "3", "leaf certificate of x, leaf bb", "3")}, "tls.mixed-servers likely", false},
		{"9 unknown authority", "a proxy answers for all", []checks.Result{connected, unverified, foreign(saysYes)}, "tls.intercepted possible, tls.ca-rekeyed possible", true},
		{"9 unknown authority", "a certificate of the future, by both clocks", []checks.Result{connected, result("tls.validity", checks.Fail, "tls.not-yet-valid", "the server's clock", "2026-11-20T03:00:00Z")}, "tls.not-yet-valid likely", false},
		{"9 unknown authority", "a certificate of the past, by both clocks", []checks.Result{connected, result("tls.validity", checks.Fail, "tls.expired", "the server's clock", "2026-11-20T03:00:00Z")}, "tls.expired certain", false},
		{"10 node's resolver", "by any way", []checks.Result{connected, result("dns.resolve", checks.Fail, "dns.node-resolver")}, "dns.node-resolver likely", false},
		{"11 now and then", "pairs lose answers", []checks.Result{connected, dnsAnswers, warns("dns.resolve", "dns.slow"), probe("probe.dns-timing", "pairs", "20", "stalled", "4", "stalled singles", "0")}, "dns.slow-race likely, dns.slow possible", false},
		{"11 now and then", "single questions stall, too", []checks.Result{connected, dnsAnswers, warns("dns.resolve", "dns.slow"), probe("probe.dns-timing", "pairs", "20", "stalled", "9", "stalled singles", "5")}, "dns.slow possible, dns.slow-race possible", true},
		{"11 now and then", "SYNs get lost", []checks.Result{warns("net.connect", "net.lossy")}, "net.lossy possible", true},
		{"11 now and then", "SYNs get lost, and DNS questions as well", []checks.Result{late, warns("dns.resolve", "dns.slow"), probe("probe.dns-timing", "pairs", "20", "stalled", "9", "stalled singles", "5")}, "net.lossy likely, net.some-endpoints-dead possible", false},
		{"11 now and then", "SYNs get lost, and DNS is slow throughout", []checks.Result{late, warns("dns.resolve", "dns.slow"), probe("probe.dns-timing", "pairs", "12", "stalled", "12", "stalled singles", "24")}, "net.lossy possible", true},
		{"12 SERVFAIL", "outside names resolve", []checks.Result{connected, fails("dns.servers", "dns.servfail"), probe("probe.zones", "outside", "example.com. NOERROR in 3ms")}, "dns.servfail likely", false},
		{"12 SERVFAIL", "nothing resolves", []checks.Result{connected, fails("dns.servers", "dns.servfail"), probe("probe.zones", "outside", "example.com. SERVFAIL in 2s")}, "dns.servfail possible", true},
		{"13 DNS silent", "the API answers", []checks.Result{dnsSilent, connected}, "dns.silent likely", true},
		{"13 DNS silent", "a transparent proxy answers for the API", []checks.Result{dnsSilent, connected, foreign(saysYes)}, "dns.silent possible", true},
		{"13 DNS silent", "and refused, while its metrics answer", []checks.Result{dnsRefuses, connected, foreign(saysNothing), probe("probe.service-ip", "10.96.0.10:9153 metrics", saysYes)}, "dns.no-endpoints possible, dns.node-cache-down possible", true},
		{"14 file missing", "no mount", []checks.Result{fails("volume.token", "volume.not-mounted")}, "volume.not-mounted certain", false},
		{"14 file denied", "by mode", []checks.Result{fails("volume.token", "volume.token-denied")}, "volume.token-denied likely", false},
		{"14 file denied", "by label", []checks.Result{fails("volume.token", "volume.denied")}, "volume.denied possible", true},
		{"15 anonymous", "the header gets lost", []checks.Result{connected, fails("auth.review", "token.stripped")}, "token.stripped likely", false},
	} {
		t.Run(tc.group+"/"+tc.name, func(t *testing.T) {
			v := Diagnose(Seen{Results: append([]checks.Result{byAddress, clusterDNS}, tc.results...)})
			var got []string
			decide := 0
			for _, c := range v.Causes {
				got = append(got, c.Code+" "+string(c.Confidence))
				decide += len(c.Decide)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, ", "), tc.want)
			}
			if tc.open && decide == 0 {
				t.Error("nothing says what would decide")
			}
		})
	}
}
