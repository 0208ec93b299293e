package diagnosis

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// trouble is what goes wrong on the way to the API server, as far as clients
// have a text of their own for it.
type trouble string

const (
	noTrouble       trouble = ""
	otherTrouble    trouble = "other"
	noSuchHost      trouble = "no such host"
	connectRefused  trouble = "refused"
	connectTimeout  trouble = "timeout"
	noRoute         trouble = "no route to host"
	netUnreachable  trouble = "network is unreachable"
	tlsTimeout      trouble = "handshake timeout"
	badChain        trouble = "not signed by ca.crt"
	unknownSigner   trouble = "not signed by ca.crt, for this host"
	foreignChain    trouble = "not signed by ca.crt and not for this host"
	uncoveredHost   trouble = "not for this host"
	expiredChain    trouble = "out of its validity"
	plainHTTP       trouble = "plain HTTP"
	unauthorized    trouble = "401"
	anonymousDenied trouble = "403 for system:anonymous"
)

// onTheWay are the checks that a client depends on, by address and by name.
var (
	onTheWay     = []string{"net.connect", "net.proxy", "tls.chain", "tls.host", "tls.validity", "auth.review", "auth.clock", "api.versions"}
	onTheWayName = []string{"dns.config", "dns.servers", "dns.resolve", "net.name", "net.proxy", "tls.chain", "tls.name", "tls.validity", "auth.review", "auth.clock", "api.versions"}
)

// blocked returns the first result that stops a client, and what that is to it.
func (m met) blocked(byName bool) (checks.Result, trouble) {
	if m.token == fileInvalid {
		return m.seen.Result("volume.token"), unauthorized
	}
	if r := m.seen.Result("volume.ca"); r.Code == "volume.ca-expired" {
		return r, badChain
	}
	way := onTheWay
	if byName {
		way = onTheWayName
	}
	for _, id := range way {
		r := m.seen.Result(id)
		switch {
		case id == "tls.name" && r.Evidence.Get("kubernetes.default.svc") == "not covered":
			return r, uncoveredHost
		case r.Status == checks.Fail, id == "net.name" && r.Status == checks.Warn:
			return r, troubleOf(r)
		case id == "net.name" && r.Status == checks.Skip && m.seen.Result("net.connect").Status == checks.Fail:
			connect := m.seen.Result("net.connect") // the name leads to the same address
			return connect, troubleOf(connect)
		}
	}
	return checks.Result{}, noTrouble
}

func troubleOf(r checks.Result) trouble {
	switch {
	case r.ID == "net.connect" || r.ID == "net.name":
		return connectTrouble(r)
	case layer(r.ID) == "dns":
		if r.Code == "dns.wrong-answer" || r.Code == "dns.search-hijack" {
			return otherTrouble
		}
		return noSuchHost
	case r.ID == "tls.chain":
		return chainTrouble(r)
	case r.ID == "tls.host":
		return uncoveredHost
	case r.ID == "tls.validity" && r.Code != "api.unhealthy":
		return expiredChain
	case r.Code == "token.stripped":
		return anonymousDenied
	case layer(r.Code) == "token":
		return unauthorized
	}
	return otherTrouble
}

func connectTrouble(r checks.Result) trouble {
	switch {
	case layer(r.Code) == "dns":
		return noSuchHost
	case strings.Contains(r.Summary, "connection refused"):
		return connectRefused
	case strings.Contains(r.Summary, "no route to host"):
		return noRoute
	case strings.Contains(r.Summary, "network is unreachable"):
		return netUnreachable
	case read(strings.TrimSpace(r.Evidence.Get("answer"))) == silent || strings.Contains(r.Summary, "no answer within"):
		return connectTimeout
	}
	return otherTrouble
}

// chainTrouble knows that Go, unlike others, looks at the host before the chain.
func chainTrouble(r checks.Result) trouble {
	switch {
	case r.Code == "tls.foreign-server" && len(r.Evidence.Get("served 0")) > 0, covers(r) == "false" && isChain(r.Code):
		return foreignChain
	case covers(r) == "true" && isChain(r.Code):
		return unknownSigner
	case isChain(r.Code):
		return badChain
	case r.Code == "net.handshake-stalled", r.Code == "net.mtu":
		return tlsTimeout
	case r.Code == "tls.not-tls":
		return plainHTTP
	}
	return otherTrouble
}

func isChain(code string) bool {
	return slices.Contains([]string{"tls.ca-rekeyed", "tls.intercepted", "tls.self-signed", "tls.unknown-ca", "tls.mixed-servers"}, code)
}

// covers is what the check says of the host in the certificate.
func covers(r checks.Result) string {
	for _, fact := range r.Evidence {
		if strings.HasPrefix(fact.Key, "covers ") && fact.Key != "covers kubernetes.default.svc" {
			return fact.Value
		}
	}
	return ""
}
