package checks

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// probeLimit is how long one packet of a probe waits for its answer: a second
// SYN goes out after 1 s, a third after 3 s.
const probeLimit = 3500 * time.Millisecond

// probeContext ends in time for the probe to tell what it has seen.
func probeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return pulse.Within(ctx, probeLimit)
}

var probeEndpoint = &Check{
	ID:      "probe.endpoint",
	Title:   "what the API servers' own addresses say, behind the Service IP",
	Probe:   true,
	Records: []*observe.Row{observe.Endpoint.Row},
	Run:     runProbeEndpoint,
}

var probeGivenHost = &Check{
	ID:      "probe.given-host",
	Title:   "what the address says that the kubelet gave, where another one is set",
	Probe:   true,
	Records: []*observe.Row{observe.EnvGivenHandshake.Row},
	Run:     runProbeGivenHost,
}

func runProbeGivenHost(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !session.kubeletHost.IsValid() || pod.SameHost(session.kubeletHost.String(), session.Host) {
		return notApplicable("%s is what the kubelet gave", hostVar)
	}
	text := session.servicePort(sys.Env)
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return notApplicable("%s is no port", text)
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	given := netip.AddrPortFrom(session.kubeletHost, uint16(port))
	shown, end := shownAt(ctx, sys, session, given)
	if session.verified == nil || session.served[0].VerifyHostname(session.Host) != nil { // the address in use fails
		observe.EnvGivenHandshake.Saw(log, end)
	}
	return pass(observe.Evidence{{Key: given.String(), Value: shown}}, "%s %s", given, shown)
}

// runProbeEndpoint tries the addresses that the user knows and, where the API
// still answers, those of its EndpointSlice, as far as the account may read it.
func runProbeEndpoint(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	endpoints := slices.Concat(sys.Endpoints, publishedEndpoints(ctx, session))
	if len(endpoints) == 0 {
		return notApplicable("no --endpoint was given")
	}
	slices.SortFunc(endpoints, netip.AddrPort.Compare)
	endpoints = slices.Compact(endpoints)
	var e observe.Evidence
	saw := func(at netip.AddrPort, answer observe.Answer) { observe.Endpoint.SawAt(log, at.String(), answer) }
	for i, answer := range netprobe.DialEach(ctx, sys, endpoints[:min(len(endpoints), maxPeers)], saw) {
		e.Add(endpoints[i].String(), "%s", answer)
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

const slicesPath = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"

// publishedEndpoints reads the API servers' addresses from the EndpointSlice of
// the Service "kubernetes".
func publishedEndpoints(ctx context.Context, session *Session) []netip.AddrPort {
	if !session.accepted {
		return nil
	}
	x := send(ctx, session.api.authenticated, "GET", slicesPath, nil)
	var slice struct {
		Endpoints []struct {
			Addresses []string `json:"addresses"`
		} `json:"endpoints"`
		Ports []struct {
			Port uint16 `json:"port"`
		} `json:"ports"`
	}
	if x.err != nil || x.status != http.StatusOK || !x.into("EndpointSlice", &slice) {
		return nil
	}
	var found []netip.AddrPort
	for _, endpoint := range slice.Endpoints {
		for _, text := range endpoint.Addresses {
			addr, err := netip.ParseAddr(text)
			for _, port := range slice.Ports {
				if err == nil {
					found = append(found, netip.AddrPortFrom(addr, port.Port))
				}
			}
		}
	}
	return found
}

var probeForeign = &Check{
	ID:      "probe.foreign",
	Title:   "an unassigned address (192.0.2.1) does not answer",
	Probe:   true,
	Records: []*observe.Row{observe.Unassigned.Row},
	Run:     runProbeForeign,
}

// unassigned is an address of the host's family that is reserved for
// documentation and assigned to nobody: RFC 5737 and RFC 3849.
func unassigned(host string) netip.AddrPort {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return netip.MustParseAddrPort("[2001:db8::1]:443")
	}
	return netip.MustParseAddrPort("192.0.2.1:443")
}

func runProbeForeign(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if sys.NoExternalProbes {
		return notApplicable("left out by --no-external-probes")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	target := unassigned(session.Host)
	answer := netprobe.DialEach(ctx, sys, []netip.AddrPort{target}, func(_ netip.AddrPort, answer observe.Answer) { observe.Unassigned.Saw(log, answer) })[0]
	return pass(observe.Evidence{{Key: target.String(), Value: answer.String()}}, "%s %s", target, answer)
}
