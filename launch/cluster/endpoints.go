package cluster

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtEndpoints(s *State, in view, log *observe.Log) finding {
	var e observe.Evidence
	var bad []string
	if s.API != nil {
		observe.APIServiceIPs.Saw(log, s.API.Spec.ClusterIPs...)
		e.Add("the Service kubernetes", "%s", strings.Join(s.API.Spec.ClusterIPs, ", "))
	}
	var seen []string
	note := func(what string, service *corev1.Service, found []discoveryv1.EndpointSlice, protocol corev1.Protocol, subject observe.Word[observe.Backends], asked ...string) []netip.AddrPort {
		if service == nil || found == nil || !uses(service, asked...) {
			return nil
		}
		seen = append(seen, what)
		list := Backends(service, found, protocol)
		if len(list) == 0 {
			subject.Saw(log, observe.NoBackends)
			bad = append(bad, "the Service "+what+" has no endpoint that is ready")
			return nil
		}
		subject.Saw(log, observe.BackendsReady)
		for _, a := range list {
			e.Add("endpoint of "+what, "%s", a)
		}
		return list
	}
	for _, a := range note(APIService, s.API, s.APISlices, corev1.ProtocolTCP, observe.APIBackends, observe.EnvHostValue.In(in.inside)) {
		observe.APIBackendsAre.Add(log, a.String())
	}
	note(DNSService, s.DNS, s.DNSSlices, corev1.ProtocolUDP, observe.DNSBackends, observe.DNSNameservers.In(in.inside)...)
	switch {
	case len(bad) > 0:
		return warned(e, "%s", strings.Join(bad, "; "))
	case len(seen) == 0:
		return finding{observe.Skip, "no Service that the pod uses was read", e}
	}
	return passed(e, "ready endpoints: Service %s", strings.Join(seen, ", Service "))
}

// Backends are the addresses behind the first port of a Service that has the protocol, of
// the family of its ClusterIP where the Service is known: those that kube-proxy sends
// connections to.
func Backends(service *corev1.Service, list []discoveryv1.EndpointSlice, protocol corev1.Protocol) (addrs []netip.AddrPort) {
	family := discoveryv1.AddressType("")
	if service != nil {
		if ip, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil {
			family = map[bool]discoveryv1.AddressType{true: discoveryv1.AddressTypeIPv4, false: discoveryv1.AddressTypeIPv6}[ip.Is4()]
		}
	}
	for _, slice := range list {
		i := slices.IndexFunc(slice.Ports, func(p discoveryv1.EndpointPort) bool {
			return p.Port != nil && (p.Protocol == nil && protocol == corev1.ProtocolTCP || p.Protocol != nil && *p.Protocol == protocol)
		})
		if i < 0 || family != "" && slice.AddressType != family {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready {
				continue
			}
			for _, text := range endpoint.Addresses[:min(1, len(endpoint.Addresses))] { // clients use the first
				addr, err := netip.ParseAddr(text)
				if at := netip.AddrPortFrom(addr, uint16(*slice.Ports[i].Port)); err == nil && !slices.Contains(addrs, at) {
					addrs = append(addrs, at)
				}
			}
		}
	}
	return addrs
}
