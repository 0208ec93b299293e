package diagnosis

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// explains returns the first of the named causes of which r is a consequence, or
// another sight, and -1 where there is none.
func explains(named []Finding, r checks.Result) int {
	return slices.IndexFunc(named, func(f Finding) bool { return f.Code == r.Code || consequence(f.Code, r) })
}

// everythingOff are causes that keep all packets, DNS among them, from arriving.
var everythingOff = []string{
	"net.egress-blocked", "net.service-ips-dead", "net.policy-rejects", "net.no-route", "net.mesh-not-ready",
	"net.host-unreachable", "net.host-prohibited", "net.cidr-overlap", "net.lossy",
}

// alone are warnings of the API server that bring about no other.
var alone = []string{"api.review-unavailable", "api.aggregation-broken", "api.version-skew"}

// consequence says that a cause, by its code alone, brings about r.
func consequence(code string, r checks.Result) bool {
	switch cause, effect := layer(code), layer(r.Code); {
	case r.ID == "kubectl-proxy.api" && r.Code == "kubectl-proxy.upstream":
		return slices.Contains([]string{"net", "tls", "token", "api", "volume"}, cause)
	case slices.Contains(everythingOff, code) && effect == "dns":
		return true
	case code == "net.lossy":
		return effect == "net" || r.Code == "api.slow" || r.Code == "api.unhealthy" && strings.Contains(r.Summary, "no answer")
	case slices.Contains([]string{"net.api-blocked", "net.api-down", "net.some-endpoints-dead"}, code):
		return r.Code == "dns.servfail" || r.Code == "api.unhealthy" // a CoreDNS that cannot reach the API either
	case code == "env.overridden":
		return r.Code == "dns.wrong-answer" || r.ID == "net.name"
	case code == "env.links-collision":
		return r.ID == "env.service" || r.Status == checks.Fail && (r.ID == "dns.resolve" || slices.Contains([]string{"net", "tls", "token", "api"}, effect))
	case code == "env.not-a-pod":
		return effect == "volume" || effect == "dns"
	case code == "net.mesh-intercepts":
		return r.Code == "dns.tcp-blocked"
	case cause == "dns":
		return r.ID == "net.name" || r.ID == "dns.resolve" || r.ID == "dns.config" || r.ID == "dns.servers"
	case cause == "proxy" && code == "proxy.in-path":
		return effect == "tls" || r.ID == "net.connect"
	case code == "volume.token-dirty":
		return effect == "token"
	case cause == "token":
		return r.ID == "token.claims" || r.ID == "auth.clock" || effect == "token" || r.ID == "api.health"
	case code == "tls.mixed-servers" && unverified(r):
		return true
	case cause == "tls":
		return effect == "tls" && r.Status == checks.Warn || r.Code == "token.clock-skew"
	case slices.Contains(alone, code):
		return false
	case cause == "api":
		return effect == "api" && r.ID != "api.access"
	}
	return false
}
