package diagnosis

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

const proxyLog = "a look at the log of the mesh's proxy, or of the load balancer before the API server"

// judgeHandshake tells apart why a handshake fails, with what smaller segments,
// a server name and fresh connections showed.
func judgeHandshake(s Seen, r checks.Result) []fit {
	own := as(r.Code)
	switch r.Code {
	case "net.handshake-stalled":
		return judgeStalled(s)
	case "tls.not-tls":
		if s.nobody() == answers {
			return []fit{
				as("tls.intercepted").sure(causes.Possible).because("a proxy answers for an address that belongs to nobody").until(proxyLog),
				own.sure(causes.Possible),
			}
		}
	case "net.some-endpoints-dead":
		if some := judgeSome(s); len(some) > 0 {
			return some
		}
	case "net.mesh-intercepts", "net.sni-required":
		return judgeClosed(s)
	case "tls.foreign-server", "tls.unknown-ca", "tls.self-signed", "tls.ca-rekeyed", "tls.intercepted":
		if mixed := judgeMixed(s); mixed != nil {
			return mixed
		}
		if s.nobody() == answers {
			return []fit{
				as("tls.intercepted").sure(causes.Possible).because("a proxy answers for an address that belongs to nobody"),
				own.sure(causes.Possible),
			}
		}
		if r.Code == "tls.ca-rekeyed" && r.Evidence.Get("covers "+s.Host()) == "true" {
			return []fit{own.sure(causes.Likely).because("the issuer's name is the one in ca.crt, its key is another")}
		}
	}
	return []fit{own}
}

// judgeMixed says that of fresh connections some meet a certificate of ca.crt and
// some meet another.
func judgeMixed(s Seen) []fit {
	leaves := s.facts("probe.fresh", "leaf ")
	if len(leaves) < 2 || !someVerify(leaves) {
		return nil
	}
	return []fit{as("tls.mixed-servers").sure(causes.Likely).because("fresh connections meet %d different certificates, and some verify", len(leaves))}
}

// unverified says that a request was not answered as its connection met a
// certificate that does not verify.
func unverified(r checks.Result) bool {
	return r.Code == "api.unhealthy" && strings.Contains(r.Summary, "failed to verify certificate")
}

func someVerify(leaves map[string]string) bool {
	for text := range leaves {
		if strings.HasPrefix(text, "leaf verifies") {
			return true
		}
	}
	return false
}

func judgeStalled(s Seen) []fit {
	stalled, mtu := as("net.handshake-stalled"), as("net.mtu")
	small := ""
	for _, said := range s.facts("probe.segment", "segment ") {
		small = said
	}
	usual := s.Evidence("probe.segment", "usual segment")
	received := func(text string) bool { return strings.HasPrefix(text, "certificate received") }
	verified, _ := s.count("probe.fresh", "verified")
	switch {
	case s.late() > 0:
		lossy := as("net.lossy").sure(causes.Possible).because("%d connections come late: packets are lost, small ones among them", s.late())
		return []fit{lossy, stalled.sure(causes.Possible), mtu.sure(causes.Possible)}
	case verified > 0:
		return []fit{
			as("net.some-endpoints-dead").sure(causes.Possible).because("%d fresh connections complete the handshake", verified),
			stalled.sure(causes.Possible), mtu.sure(causes.Possible),
		}
	case s.nobody() == answers: // a mesh's proxy has taken the connection, whatever became of it behind
		return []fit{
			stalled.sure(causes.Possible).until(proxyLog),
			as("net.api-blocked").sure(causes.Possible).because("a proxy answers for an address that belongs to nobody, so that a connection proves nothing"),
		}
	case received(small) && !received(usual):
		return []fit{mtu.sure(causes.Likely).because("with small segments the certificate comes, with the usual ones it does not")}
	case received(small):
		return []fit{
			stalled.sure(causes.Possible).because("a second handshake got its certificate: the stall comes and goes"),
			as("net.some-endpoints-dead").sure(causes.Possible),
		}
	case small != "" && usual != "":
		return []fit{
			stalled.sure(causes.Likely).because("segments of 536 bytes change nothing, so size is not what stops it"),
			mtu.sure(causes.Possible).although("segments of 536 bytes change nothing"),
		}
	}
	return []fit{stalled.sure(causes.Possible), mtu.sure(causes.Possible)}
}

func judgeClosed(s Seen) []fit {
	mesh, name := as("net.mesh-intercepts"), as("net.sni-required")
	if n, _ := s.count("probe.fresh", "verified"); n > 0 {
		return []fit{as("net.some-endpoints-dead").sure(causes.Possible).because("%d fresh connections complete the handshake", n), mesh.sure(causes.Possible)}
	}
	for key, said := range s.facts("probe.server-name", "with ") {
		if strings.HasPrefix(said, "verifies") || strings.HasPrefix(said, "certificate of") {
			return []fit{name.sure(causes.Likely).because("%s: %s; without a name the handshake is cut", key, said)}
		}
	}
	if s.nobody() == answers {
		return []fit{
			mesh.sure(causes.Possible).because("an address that belongs to nobody answers: a transparent proxy does").until(proxyLog),
			as("net.api-down").sure(causes.Possible).because("such a proxy takes every connection, whether there is a server or not"),
		}
	}
	open := []fit{mesh.sure(causes.Possible), name.sure(causes.Possible), as("net.handshake-stalled").sure(causes.Possible)}
	if s.nobody() == silent || s.nobody() == refused {
		open[0] = mesh.sure(causes.Possible).although("an address that belongs to nobody does not answer")
	}
	open[0] = open[0].until(proxyLog)
	return open
}

// judgeValidity is sure of a certificate's end when the server's clock was read.
func judgeValidity(s Seen, r checks.Result) []fit {
	clock := r.Evidence.Get("the server's clock")
	if clock == "" || strings.HasPrefix(clock, "unknown") || r.Code == "token.clock-skew" {
		return nil
	}
	if r.Code == "tls.not-yet-valid" { // on one machine both clocks may stand in the past
		return []fit{as(r.Code).sure(causes.Likely).because("the server's own clock says %s", clock)}
	}
	return []fit{as(r.Code).sure(causes.Certain).because("the server's own clock says %s", clock)}
}

// judgeToken tells apart why the API server refuses the token.
func judgeToken(s Seen, r checks.Result) []fit {
	if mixed := s.facts("probe.fresh", "leaf "); reviewsDiffer(mixed) {
		return []fit{as("token.intermittent").sure(causes.Likely).because("over fresh connections some API servers accept it and some do not")}
	}
	if clock := s.Result("auth.clock"); clock.Code == r.Code && clock.Status == checks.Fail {
		by := as(r.Code).because("auth.clock: %s", clock.Summary)
		if s.Result("token.claims").Code != r.Code { // valid by this pod's clock: one of the two is wrong
			return []fit{
				as("token.clock-skew").sure(causes.Likely).because("by this pod's clock the token is valid; pod %s, server %s", clock.Evidence.Get("pod"), clock.Evidence.Get("server")),
				by.sure(causes.Possible),
			}
		}
		return []fit{by.sure(causes.Certain)}
	}
	if r.Code == "token.wrong-audience" && s.Result("token.claims").Code == r.Code {
		return []fit{as(r.Code).sure(causes.Likely).because("the server refuses it, and it is for %s", s.Evidence("token.claims", "audience"))}
	}
	if r.Code != "token.rejected" && r.Code != "token.wrong-audience" {
		return []fit{as(r.Code)}
	}
	jwks, issuer, claimed := s.Evidence("probe.keys", "jwks"), s.Evidence("probe.keys", "issuer"), s.Evidence("probe.keys", "token issuer")
	knownIssuer := issuer != "" && !strings.HasPrefix(issuer, "not readable")
	switch {
	case strings.HasPrefix(jwks, "kid not among"), jwks == "kid found, signature fails":
		return []fit{as("token.unknown-key").sure(causes.Likely).because("the server's published keys: %s", jwks)}
	case knownIssuer && issuer != claimed:
		return []fit{as("token.unknown-issuer").sure(causes.Likely).because("the server's issuer is %s, the token's is %s", issuer, claimed)}
	}
	const log = "the API server's log says why: " + serverSays
	if r.Code == "token.wrong-audience" { // an API server may have audiences of its own choice
		return []fit{
			as(r.Code).sure(causes.Possible).because("it is for %s", s.Evidence("token.claims", "audience")).until(log),
			as("token.rejected").sure(causes.Possible).until(log),
		}
	}
	rejected := as("token.rejected").because("its claims fit: expiry, audience and pod")
	if knownIssuer && jwks == "kid found, signature verifies" {
		return []fit{rejected.sure(causes.Likely).because("the server's published keys verify the signature, and its issuer is the token's").until(log)}
	}
	return []fit{
		rejected.sure(causes.Possible).until(log),
		as("token.unknown-key").sure(causes.Possible).until(log),
		as("token.unknown-issuer").sure(causes.Possible).until(log),
	}
}

// reviewsDiffer says that one token was accepted over some connections and
// refused over others.
func reviewsDiffer(leaves map[string]string) bool {
	var statuses []string
	for text := range leaves {
		if _, status, ok := strings.Cut(text, ", review "); ok && !slices.Contains(statuses, status) {
			statuses = append(statuses, status)
		}
	}
	accepted := func(status string) bool { return strings.HasPrefix(status, "201") || strings.HasPrefix(status, "403") }
	return slices.ContainsFunc(statuses, accepted) && slices.ContainsFunc(statuses, func(status string) bool { return strings.HasPrefix(status, "401") })
}
