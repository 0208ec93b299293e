package cluster

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/k8sdoctor/k8sdoctor/netpolicy"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Judgement is the decisions on a connection to a Service: for the Service IP, and for each
// address behind it, as policies may be enforced on either side of the translation.
type Judgement struct {
	Service  []Judged
	Backends []Judged
	// Ingress are those of the policies of the pods behind the Service.
	Ingress []Judged
}

// Judged is the decision on one address.
type Judged struct {
	To netip.AddrPort
	netpolicy.Decision
}

// ToAPI judges connections to the API server; nil where its addresses may not be read, or
// where the pod uses another address than that of the Service.
func (s *State) ToAPI(inside observe.Set) *Judgement {
	if s.API == nil || s.APISlices == nil || !uses(s.API, observe.EnvHostValue.In(inside)) {
		return nil
	}
	return s.to(s.API, s.APISlices, corev1.ProtocolTCP, nil)
}

// ToDNS judges questions to the cluster's DNS servers, by UDP; nil where they may not be read,
// or where the pod asks others.
func (s *State) ToDNS(inside observe.Set) *Judgement {
	read := s.DNS != nil && s.DNSSlices != nil && s.Agents != nil && s.Namespace != nil && s.DNSNamespace != nil
	if !read || !uses(s.DNS, observe.DNSNameservers.In(inside)...) {
		return nil // selectors of policies need the labels of pods and namespaces
	}
	return s.to(s.DNS, s.DNSSlices, corev1.ProtocolUDP, s.Agents)
}

// uses says that one of the addresses is the Service's, or that none is known.
func uses(service *corev1.Service, addresses ...string) bool {
	known := false
	for _, text := range addresses {
		if slices.Contains(service.Spec.ClusterIPs, text) {
			return true
		}
		known = known || text != ""
	}
	return !known
}

// to judges connections to a Service that has the pods, as far as they are known.
func (s *State) to(service *corev1.Service, found []discoveryv1.EndpointSlice, protocol corev1.Protocol, pods []corev1.Pod) *Judgement {
	from := asPod(s.Pod, s.Namespace)
	var w Judgement
	port := servicePort(service, protocol)
	if ip, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil && port != 0 {
		w.Service = append(w.Service, Judged{netip.AddrPortFrom(ip, port), netpolicy.Egress(s.Policies, from, netpolicy.Peer{Addr: ip}, port, protocol)})
	}
	for _, to := range Backends(service, found, protocol) {
		peer := netpolicy.Peer{Addr: to.Addr(), Pod: podAt(pods, to.Addr(), s.DNSNamespace)}
		w.Backends = append(w.Backends, Judged{to, netpolicy.Egress(s.Policies, from, peer, to.Port(), protocol)})
		if peer.Pod != nil && s.DNSPolicies != nil {
			own, _ := netip.ParseAddr(s.Pod.Status.PodIP)
			w.Ingress = append(w.Ingress, Judged{to, netpolicy.Ingress(s.DNSPolicies, *peer.Pod, netpolicy.Peer{Addr: own, Pod: &from}, to.Port(), protocol)})
		}
	}
	return &w
}

func servicePort(service *corev1.Service, protocol corev1.Protocol) uint16 {
	for _, p := range service.Spec.Ports {
		if p.Protocol == protocol || p.Protocol == "" && protocol == corev1.ProtocolTCP {
			return uint16(p.Port)
		}
	}
	return 0
}

func asPod(p *corev1.Pod, namespace *corev1.Namespace) netpolicy.Pod {
	pod := netpolicy.Pod{Namespace: p.Namespace, Labels: p.Labels, HostNetwork: p.Spec.HostNetwork}
	if namespace != nil {
		pod.NamespaceLabels = namespace.Labels
	} else {
		pod.NamespaceLabels = map[string]string{corev1.LabelMetadataName: p.Namespace}
	}
	for _, ip := range p.Status.PodIPs {
		if addr, err := netip.ParseAddr(ip.IP); err == nil {
			pod.IPs = append(pod.IPs, addr)
		}
	}
	for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
		pod.Ports = append(pod.Ports, c.Ports...)
	}
	return pod
}

// podAt is the pod that has an address, nil where none of them has.
func podAt(pods []corev1.Pod, addr netip.Addr, namespace *corev1.Namespace) *netpolicy.Pod {
	for _, p := range pods {
		if slices.ContainsFunc(p.Status.PodIPs, func(ip corev1.PodIP) bool { return ip.IP == addr.String() }) {
			pod := asPod(&p, namespace)
			return &pod
		}
	}
	return nil
}

func denied(list []Judged) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(j Judged) bool { return j.Allowed })
}

func allowed(list []Judged) bool {
	return !slices.ContainsFunc(list, func(j Judged) bool { return !j.Allowed })
}

// verdict is what the policies say of the Service.
func (w *Judgement) verdict(enforced bool, others []string) observe.Policies {
	switch {
	case denied(w.Ingress), denied(w.Service) && denied(w.Backends):
		switch {
		case !enforced:
			return observe.WouldDeny
		case others == nil || len(others) > 0:
			return observe.DenySoFar
		}
		return observe.PoliciesDeny
	case !allowed(w.Service), !allowed(w.Backends), !allowed(w.Ingress):
		return observe.SidesDiffer
	case others == nil || len(others) > 0:
		return observe.AllowSoFar
	case len(w.selecting()) == 0:
		return observe.NoneSelects
	}
	return observe.PoliciesAllow
}

// selecting are the policies that select the pod for egress.
func (w *Judgement) selecting() (names []string) {
	if w == nil {
		return nil
	}
	for _, j := range slices.Concat(w.Service, w.Backends) {
		for _, p := range j.Policies {
			if !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// maxReasons is how many policies are cited.
const maxReasons = 6

// Reasons are what each policy says, alone: of what is denied, or else of all; once, where
// it says the same of several addresses.
func (w *Judgement) Reasons() (texts []string) {
	list := slices.Concat(w.Service, w.Backends, w.Ingress)
	if !allowed(list) {
		list = slices.DeleteFunc(list, func(j Judged) bool { return j.Allowed })
	}
	for _, j := range list {
		for _, p := range j.Policies {
			if text := p.Name + " " + p.Why; !slices.Contains(texts, text) && len(texts) < maxReasons {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
