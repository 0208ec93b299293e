package diagnosis

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

// What would decide where a pod alone cannot; each is one observation.
const (
	tryEndpoint    = "k8sdoctor check --endpoint IP:PORT with an address of: " + listEndpoints
	tryHostNetwork = "the same check in a pod with hostNetwork on node NODE: if it passes, the pod network or a policy is at fault"
	tryElsewhere   = "the same check in another namespace: if it passes, a policy of this one is at fault"
	askMesh        = "kubectl -n NAMESPACE get pod POD -o yaml: is there a mesh's init container or sidecar?"
	askPolicies    = listPolicies + ": no policy with egress rules for this pod acquits it"
)

// judgeConnect tells apart why TCP does not reach the API server.
func judgeConnect(s Seen, r checks.Result) []fit {
	if some := judgeSome(s); len(some) > 0 {
		return some
	}
	if r.Code == "net.lossy" {
		return []fit{as("net.lossy").until("the same check from other nodes: loss on one of them only is that node's")}
	}
	said := r.Evidence.Get("answer")
	if r.Code == "net.no-route" && strings.Contains(said, "cannot assign requested address") && s.routed() {
		return []fit{as(r.Code).sure(causes.Possible).because("there is a route, and no free port or address to send from: %s", said).
			until("in the pod: is the range of net.ipv4.ip_local_port_range used up? ss -s")}
	}
	switch read(said) {
	case refused:
		return judgeRefused(s)
	case silent:
		if r.Code == "net.policy-rejects" {
			return []fit{
				as(r.Code).sure(causes.Possible).because("the pod's own kernel forbids it: %s", said).until(askPolicies),
				as("net.api-down").sure(causes.Possible).because("where Cilium replaces kube-proxy, a Service without endpoints gives this error, too").until(listEndpoints),
			}
		}
		if s.nobodyOnLink() { // errors are rationed: where several programs wait, not all get one
			return []fit{as("net.host-unreachable").sure(causes.Likely).because("next hop: %s", s.nextHop())}
		}
		return judgeSilent(s)
	case unreachable:
		return judgeUnreachable(s, r)
	}
	return nil
}

// judgeSome looks at all connections that were opened one beside the other, of
// which some may succeed.
func judgeSome(s Seen) []fit {
	n, ok := s.count("probe.fresh", "connections")
	connected, _ := s.count("probe.fresh", "connected")
	slow, _ := s.count("probe.fresh", "slow connects")
	r := s.Result("net.connect")
	if !ok || connected == 0 || r.Status == checks.Pass {
		return nil
	}
	dead := as("net.some-endpoints-dead").because("%d of %d fresh connections succeed", connected, n)
	lossy := as("net.lossy").because("%d of %d fresh connections succeed, %d of them late", connected, n, slow)
	switch again := connected == n && slow == 0; {
	case again && r.Status == checks.Fail && someRefused(r):
		return []fit{dead.sure(causes.Possible).until(listEndpoints), as("net.api-down").sure(causes.Possible).because("it may have started just now")}
	case someRefused(r) || someRefused(s.Result("probe.fresh")):
		return []fit{dead.sure(causes.Likely).because("another is refused, which loss does not do")}
	case again && r.Status == checks.Warn:
		return []fit{as(r.Code).because("then %d fresh connections succeed: it comes and goes", n), as(other(r.Code)).sure(causes.Possible)}
	}
	all := n + s.sum("net.connect", "more connections", "looked again")
	missing := n - connected + s.sum("net.connect", "failed", "failed again")
	bad := s.late() + missing
	bothWays := s.late() > 0 && missing > 0                         // a dead server is never late
	if bothWays || (s.late() > 0 || bad*6 < all) && bad*5 < 2*all { // a dead one of two servers would strike more often
		return []fit{lossy.sure(causes.Possible), dead.sure(causes.Possible)}
	}
	return []fit{dead.sure(causes.Possible).until(listEndpoints + ": is every address that of an API server which is up?"), lossy.sure(causes.Possible)}
}

// someRefused says that one of several connections was refused.
func someRefused(r checks.Result) bool {
	return slices.ContainsFunc(r.Evidence, func(fact checks.Fact) bool {
		return read(fact.Key) == refused || read(fact.Value) == refused
	})
}

// other is the cause that looks like this one when connections fail now and then.
func other(code string) string {
	if code == "net.lossy" {
		return "net.some-endpoints-dead"
	}
	return "net.lossy"
}

func judgeRefused(s Seen) []fit {
	down, rejects := as("net.api-down"), as("net.policy-rejects")
	if mesh := s.Evidence("probe.sidecar", "mesh env"); mesh != "" && s.Evidence("probe.sidecar", "listening") == "" && s.nobody() == refused {
		return []fit{as("net.mesh-not-ready").sure(causes.Likely).because("the mesh's variables are set (%s), its proxy listens nowhere, and every address refuses", mesh)}
	}
	switch services, nobody, own := s.serviceIPs(), s.nobody(), s.ownAddress(); {
	case s.onlyServiceIPsFail():
		return []fit{serviceIPsDead(s), rejects.sure(causes.Possible).until(askPolicies)}
	case own == answers && nobody != refused:
		return []fit{
			down.sure(causes.Possible).because("the API server answers at its own address, so the Service leads to another").until(listEndpoints),
			rejects.sure(causes.Possible).although("the API server answers at its own address").until(askPolicies),
		}
	case own == answers:
		return []fit{
			rejects.sure(causes.Possible).because("the API server answers at its own address").until(askPolicies),
			down.sure(causes.Possible).although("the API server answers at its own address").until(listEndpoints),
		}
	case services == refused && nobody == refused && s.metrics() != answers:
		return []fit{
			rejects.sure(causes.Possible).because("the nameserver and an address that belongs to nobody refuse, too").until(askPolicies),
			as("net.mesh-not-ready").sure(causes.Possible).because("a mesh that takes DNS as well refuses everything until its proxy runs").until(askMesh),
			as("net.service-ips-dead").sure(causes.Possible).until(tryEndpoint),
		}
	case services == refused:
		return []fit{
			rejects.sure(causes.Possible).because("the nameserver refuses, too").until(tryElsewhere),
			down.sure(causes.Possible).although("the nameserver refuses, too").until(listEndpoints),
		}
	case services == answers && nobody == refused && s.nameserver("tcp") == refused:
		return []fit{
			as("net.mesh-not-ready").sure(causes.Possible).because("every address refuses TCP, and UDP is answered: a mesh's redirect takes TCP only").until(askMesh),
			rejects.sure(causes.Possible).because("every address refuses TCP").although("UDP is answered").until(askPolicies),
			down.sure(causes.Possible).although("the nameserver refuses TCP, too"),
		}
	case services == answers && nobody == refused && s.metrics() == refused:
		return []fit{
			rejects.sure(causes.Possible).because("an address that belongs to nobody refuses, too, and so does the nameserver at a port that is not DNS").until(askPolicies),
			down.sure(causes.Possible).because("the nameserver's service IP answers").until(listEndpoints),
		}
	case services == answers && nobody == refused:
		return []fit{
			down.sure(causes.Possible).because("the nameserver's service IP answers").until(listEndpoints),
			rejects.sure(causes.Possible).because("an address that belongs to nobody refuses, too").although("the nameserver answers").until(askPolicies),
		}
	case services == answers && own == refused && nobody == silent:
		return []fit{down.sure(causes.Likely).because("the API server's own address refuses, too, and the nameserver's service IP answers")}
	case services == answers && nobody != unknown:
		return []fit{down.sure(causes.Possible).until(tryEndpoint).because("the nameserver's service IP answers, and an address that belongs to nobody %s: nothing rejects packets as such", nobody)}
	}
	return []fit{down.sure(causes.Possible).until(listEndpoints), rejects.sure(causes.Possible).until(askPolicies)}
}

func judgeSilent(s Seen) []fit {
	blocked, all, services := as("net.api-blocked"), as("net.egress-blocked"), as("net.service-ips-dead")
	needs := as("net.policy-needs-endpoint")
	nobody, own := s.nobody(), s.ownAddress()
	others := s.serviceIPs()
	switch {
	case s.onlyServiceIPsFail() && others == silent:
		return []fit{serviceIPsDead(s), needs.sure(causes.Possible).because("a policy that forgets DNS as well looks the same").until(askPolicies)}
	case s.onlyServiceIPsFail():
		return []fit{serviceIPsDead(s), as("net.policy-rejects").sure(causes.Possible).until(askPolicies)}
	}
	switch others {
	case answers:
		blocked = blocked.because("the nameserver's service IP answers, so service IPs work and packets leave this pod")
		if s.metrics() == answers {
			blocked = blocked.because("the nameserver answers at a port that is not DNS, too: not all is dropped but DNS")
		}
		if own == answers {
			return []fit{
				needs.sure(causes.Possible).because("the API server answers at its own address, and not at its service IP").until(askPolicies),
				as("net.api-down").sure(causes.Possible).because("the service IP may lead to an old address").until(listEndpoints),
				blocked.sure(causes.Possible).although("the API server's own address can be reached"),
			}
		}
		if own == silent {
			return []fit{blocked.sure(causes.Likely).because("the API server's own address is silent, too").until(tryHostNetwork), needs.sure(causes.Possible).until(askPolicies)}
		}
		return []fit{blocked.sure(causes.Likely), needs.sure(causes.Possible).until(tryEndpoint)}
	case silent:
		switch {
		case nobody == refused, nobody == unreachable, nobody == answers:
			return []fit{
				services.sure(causes.Possible).because("something answers for an address that is no service IP, so packets leave this pod").until(tryEndpoint),
				all.sure(causes.Possible).although("something answers for another address").until(askPolicies),
			}
		case own == silent:
			return []fit{all.sure(causes.Likely).because("the nameserver and the API server's own address are silent, too")}
		}
		return []fit{
			all.sure(causes.Possible).because("the nameserver is silent, too, by UDP and TCP").until(askPolicies).until(tryElsewhere),
			services.sure(causes.Possible).because("the nameserver is a service IP as well").until(tryEndpoint).until(tryHostNetwork),
		}
	case refused:
		return []fit{
			blocked.sure(causes.Possible).because("the nameserver refuses, which packets that are dropped would not get"),
			services.sure(causes.Possible).although("the nameserver's service IP refuses, and is not silent").until(tryEndpoint),
		}
	}
	return []fit{blocked.sure(causes.Possible).until(tryEndpoint), all.sure(causes.Possible).until(tryElsewhere), services.sure(causes.Possible).until(tryHostNetwork)}
}

// onlyServiceIPsFail says that the API server answers at its own address and no
// service IP does, whether silent, refused or unreachable: a router that rejects
// rations its answers, and what comes of one packet says little of the next.
func (s Seen) onlyServiceIPsFail() bool {
	others := s.serviceIPs()
	return s.ownAddress() == answers && others != answers && others != unknown
}

func serviceIPsDead(s Seen) fit {
	return as("net.service-ips-dead").sure(causes.Likely).because("the API server answers at its own address; the nameserver's service IP %s, too", s.serviceIPs())
}

// routed says that the pod's own kernel has a route to the API server.
func (s Seen) routed() bool {
	return strings.Contains(s.Result("probe.route").Summary, " via ")
}

func judgeUnreachable(s Seen, r checks.Result) []fit {
	switch nobody := s.nobody(); {
	case s.onlyServiceIPsFail():
		return []fit{serviceIPsDead(s), as(r.Code).sure(causes.Possible)}
	case r.Code == "net.host-unreachable" && r.Evidence.Get("kept from running") != "":
		return []fit{
			as(r.Code).sure(causes.Possible).because("this process got so little CPU that the time of the error tells nothing"),
			as("net.host-prohibited").sure(causes.Possible),
		}
	case r.Code == "net.host-prohibited" && s.nobodyOnLink():
		return []fit{as("net.host-unreachable").sure(causes.Likely).because("next hop: %s; the error is early where another program waits for it, too", s.nextHop())}
	case r.Code == "net.host-prohibited" && s.serviceIPs() == unreachable && nobody == unreachable:
		return []fit{
			as("net.policy-rejects").sure(causes.Possible).because("every address is rejected").until(askPolicies),
			as("net.host-prohibited").sure(causes.Possible),
		}
	case s.serviceIPs() == unreachable && s.routed():
		return []fit{
			as(r.Code).sure(causes.Possible).because("no service IP can be reached; this pod has a route: %s", s.Result("probe.route").Summary),
			as("net.service-ips-dead").sure(causes.Possible).because("untranslated service IPs end at a router that knows no way").until(tryEndpoint),
		}
	case r.Code == "net.host-prohibited":
		return []fit{as("net.host-prohibited").sure(causes.Likely).because("the rejection came within a second, from a machine that is up")}
	case r.Code == "net.host-unreachable":
		return []fit{as("net.host-unreachable").sure(causes.Likely).because("the error came after seconds, which is how long the search for a neighbour takes")}
	}
	return []fit{as(r.Code)}
}
