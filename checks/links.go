package checks

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// The kubelet gives a container variables for every Service of its namespace.
// Those of a Service named kubernetes-service meet the API server's in one name:
// KUBERNETES_SERVICE_PORT is the port of one and the address of the other, and
// whose it is in a container is chance (seen with Kubernetes 1.36: in 5 of 12).
const (
	linkingService = "kubernetes-service"
	linkHostVar    = "KUBERNETES_SERVICE_SERVICE_HOST"
	linkPortVar    = "KUBERNETES_SERVICE_SERVICE_PORT"
)

var link = pattern.Lazy(`^(tcp|udp|sctp)://`)

// addLinks adds the variables of linkingService, if there are any.
func addLinks(env map[string]string, e *observe.Evidence) {
	for _, name := range []string{linkHostVar, linkPortVar} {
		if value, ok := env[name]; ok {
			e.Add(name, "%s", value)
		}
	}
}

// linkTarget returns whose address KUBERNETES_SERVICE_PORT holds where it has the
// form of a link: linkingService, or "a Service" that nothing names.
func linkTarget(env map[string]string) (to string, isLink bool) {
	value := env[portVar]
	scheme := link().FindString(value)
	if scheme != "" && env[linkHostVar] != "" && value == scheme+net.JoinHostPort(env[linkHostVar], env[linkPortVar]) {
		return linkingService, true
	}
	return "a Service", scheme != ""
}

// malformedVariable fails, and says of a port that has the form of a link whose
// that is.
func malformedVariable(env map[string]string, e observe.Evidence, name, value, fault string) Outcome {
	if to, isLink := linkTarget(env); name == portVar && isLink {
		if to == linkingService {
			to = "the Service " + to
		}
		e.Add("link to", "%s", to)
		fault = "the address of " + to + ", where the API server's port is expected"
	}
	return fail(e, "%s=%q: %s", name, value, fault)
}

var probeOwnService = &Check{
	ID:      "probe.own-service",
	Title:   "whether a Service kubernetes of this namespace has the address in the environment",
	Probe:   true,
	Records: []*observe.Row{observe.EnvOwnService.Row, observe.EnvOwnHandshake.Row},
	Run:     runProbeOwnService,
}

// runProbeOwnService asks for the name that such a Service would have. If it is
// the one, it looks whether the address that DNS has for the API shows the
// cluster's certificate.
func runProbeOwnService(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	host, err := netip.ParseAddr(session.Host)
	if err != nil || len(session.apiAddrs) == 0 || agrees(session.apiAddrs, session) {
		return notApplicable("%s and %s do not differ", hostVar, pod.ServiceName)
	}
	if session.Namespace == "" || session.Namespace == "default" || len(session.nameservers) == 0 {
		return notApplicable("the namespace is %q", session.Namespace)
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	name := "kubernetes." + session.Namespace + ".svc." + session.resolv.ClusterDomain() + "."
	reply, err := netprobe.Ask(ctx, sys, "udp", session.nameservers[0], name, recordFor(session.Host))
	var e observe.Evidence
	e.Add(name, "%s", replyOrError(reply, err))
	own := slices.ContainsFunc(reply.Addrs, func(addr netip.Addr) bool { return addr.Unmap() == host.Unmap() })
	if err == nil {
		observe.EnvOwnService.Saw(log, own)
	}
	if !own {
		e.Add("own service", "no")
		return pass(e, "%s: %s", name, replyOrError(reply, err))
	}
	e.Add("own service", "yes")
	api := netip.AddrPortFrom(session.apiAddrs[0], 443)
	shown, end := shownAt(ctx, sys, session, api) // only now: DNS may name anybody's address
	if end != "" {
		observe.EnvOwnHandshake.Saw(log, end)
	}
	e.Add(api.String(), "%s", shown)
	return pass(e, "%s is %s; %s: %s", name, host, api, shown)
}

// shownAt makes one handshake with an address, and says how far it came, "" where nothing verifies it.
func shownAt(ctx context.Context, sys *pod.System, session *Session, address netip.AddrPort) (string, observe.Handshake) {
	if session.roots == nil {
		return "no ca.crt to verify with", ""
	}
	conn, err := sys.Dial(ctx, "tcp", address.String())
	if err != nil {
		return netprobe.RootError(ctx, err).Error(), observe.NoConnection
	}
	defer conn.Close()
	_, r := netprobe.Handshake(ctx, sys, session.cas, conn, &tls.Config{RootCAs: session.roots, ServerName: address.Addr().String(), Time: sys.Now})
	return r.String(), netprobe.HandshakeOf(r)
}

// linkedServices are the addresses of other Services over TCP, as the kubelet's variables
// name them: NAME_SERVICE_HOST, and NAME_PORT with the same address, in the range of a
// known Service IP.
func linkedServices(env map[string]string, known netip.Addr) []netip.AddrPort {
	var found []netip.AddrPort
	for name, host := range env {
		service, ok := strings.CutSuffix(name, "_SERVICE_HOST")
		at, isTCP := strings.CutPrefix(env[service+"_PORT"], "tcp://")
		to, err := netip.ParseAddrPort(at)
		if ok && isTCP && err == nil && to.Addr().String() == host && to.Addr() != known && pod.InServiceRange(to.Addr(), known) {
			found = append(found, to)
		}
	}
	slices.SortFunc(found, netip.AddrPort.Compare)
	return slices.Compact(found)
}
