package diagnosis

import (
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

// judgeDNS weighs a DNS result with the probes that followed it.
func judgeDNS(s Seen, r checks.Result) []fit {
	own := as(r.Code)
	connected := s.Result("net.connect").Status == checks.Pass && s.nobody() != answers
	switch r.Code {
	case "dns.silent", "dns.node-cache-down":
		if said := r.Summary; strings.Contains(said, "not permitted") || strings.Contains(said, "no route to host") {
			return []fit{own.sure(causes.Possible), as("dns.no-endpoints").sure(causes.Possible).because("where Cilium replaces kube-proxy, a Service without endpoints gives this error: %s", said)}
		}
		if connected && r.Code == "dns.silent" && r.Status == checks.Fail {
			return []fit{own.sure(causes.Likely).because("%s answers: service IPs work, and packets leave this pod", s.HostPort()).until(askPolicies)}
		}
	case "dns.no-endpoints":
		if s.nobody() == refused {
			return []fit{
				own.sure(causes.Possible).until("kubectl -n kube-system get pods -l k8s-app=kube-dns: a ready one acquits DNS"),
				as("net.policy-rejects").sure(causes.Possible).because("an address that belongs to nobody refuses, too").until(askPolicies),
			}
		}
		if connected && s.metrics() == answers {
			return []fit{
				own.sure(causes.Possible).although("another port of the same service IP answers"),
				as("dns.node-cache-down").sure(causes.Possible).because("another port of the same service IP answers, so that DNS alone is taken over on this node"),
			}
		}
		if connected {
			return []fit{own.sure(causes.Likely).because("%s answers, and nothing rejects packets as such", s.HostPort())}
		}
	case "dns.servfail":
		if strings.Contains(s.Evidence("probe.zones", "outside"), "NOERROR") {
			return []fit{own.sure(causes.Likely).because("names outside the cluster resolve: the DNS server is up, and knows nothing of the cluster")}
		}
	case "dns.nxdomain", "dns.refused":
		return []fit{own.sure(causes.Likely)}
	case "dns.search-hijack":
		for domain, said := range s.facts("probe.search", "") {
			if strings.HasSuffix(said, "(wildcard)") {
				return []fit{own.sure(causes.Likely).because("%s has an address for a name that cannot exist: %s", domain, said)}
			}
		}
	case "dns.slow":
		race := as("dns.slow-race")
		pairs, ok := s.count("probe.dns-timing", "stalled")
		singles, _ := s.count("probe.dns-timing", "stalled singles")
		if r.ID == "dns.servers" {
			return []fit{own.sure(causes.Possible).because("a single question stalls, which the race would not touch"), race.sure(causes.Possible).although("a single question stalls")}
		}
		if ok && pairs > 0 && singles*10 <= pairs { // loss would hit every second pair that it hits a single question for
			return []fit{race.sure(causes.Likely).because("probe.dns-timing: %s", s.Result("probe.dns-timing").Summary), own.sure(causes.Possible)}
		}
		if ok && pairs+singles == 0 {
			return []fit{own.sure(causes.Possible).although("probe.dns-timing: %s", s.Result("probe.dns-timing").Summary)}
		}
		if ok && singles > 0 {
			return []fit{own.sure(causes.Possible).because("%d single questions stall as well, which the race would not touch", singles), race.sure(causes.Possible).although("single questions stall as well")}
		}
	}
	return []fit{own}
}
