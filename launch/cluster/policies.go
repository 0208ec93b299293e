package cluster

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/k8sdoctor/k8sdoctor/netpolicy"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtPolicies(s *State, in view, log *observe.Log) finding {
	if s.Policies == nil {
		return notSeen("NetworkPolicies of namespace " + s.Pod.Namespace)
	}
	var e observe.Evidence
	enforcer := s.enforcer()
	if enforcer != "" {
		observe.PolicyEnforcer.Saw(log, enforcer)
		e.Add("enforced by", "%s", enforcer)
	}
	if len(s.OtherPolicies) > 0 {
		e.Add("not read", "%s", strings.Join(s.OtherPolicies, ", "))
	}
	var bad []string
	note := func(what string, subject observe.Word[observe.Policies], says observe.Texts, w *ways, saw observe.Answer) {
		if w == nil {
			return
		}
		verdict := w.verdict(enforcer != "", s.OtherPolicies)
		subject.Saw(log, verdict)
		for _, text := range w.reasons() {
			says.Add(log, text)
			e.Add("for "+what, "%s", text)
		}
		if amiss(verdict, saw) {
			bad = append(bad, "egress to "+what+" "+subject.Text(verdict))
		}
	}
	api, dns := s.toAPI(in.inside), s.toDNS(in.inside)
	note("the API server", observe.PolicyAPI, observe.PolicyAPISays, api, observe.APITCP.In(in.inside))
	note("DNS", observe.PolicyDNS, observe.PolicyDNSSays, dns, observe.DNSUDP.In(in.inside))
	names := api.selecting()
	for i, name := range names {
		name = strings.TrimPrefix(name, s.Pod.Namespace+"/")
		observe.PolicyNames.Add(log, name)
		if first := slices.IndexFunc(s.Policies, func(p networkingv1.NetworkPolicy) bool { return p.Name == name }); i == 0 && first >= 0 {
			observe.PolicySelects.Saw(log, expressions(s.Policies[first].Spec.PodSelector))
		}
	}
	observe.PodLabels.Saw(log, labelMap(OwnLabels(s.Pod)))
	switch {
	case len(bad) > 0:
		return warned(e, "%s", strings.Join(bad, "; "))
	case api == nil:
		return finding{observe.Skip, "whether NetworkPolicies allow the API server is not known: the pod does not use its Service, or that was not read", e}
	case len(names) == 0:
		return passed(e, "no NetworkPolicy selects the pod for egress")
	}
	return passed(e, "no NetworkPolicy keeps the pod from the API server%s", map[bool]string{true: " or DNS"}[dns != nil])
}

// amiss says that policies are worth a warning, by what the pod saw: what answers is not kept
// from it, and most plugins ask for one side of the translation only.
func amiss(verdict observe.Policies, saw observe.Answer) bool {
	switch verdict {
	case observe.SidesDiffer:
		return saw != "" && saw != observe.Answers
	case observe.PoliciesDeny, observe.DenySoFar, observe.WouldDeny:
		return saw != observe.Answers
	}
	return false
}

// ways are the decisions on a connection to a Service: for the Service IP, and for each
// address behind it, as policies may be enforced on either side of the translation.
type ways struct {
	service  []judged
	backends []judged
	// ingress are those of the policies of the pods behind the Service.
	ingress []judged
}

// judged is the decision on one address.
type judged struct {
	to netip.AddrPort
	netpolicy.Decision
}

// toAPI judges connections to the API server; nil where its addresses may not be read, or
// where the pod uses another address than that of the Service.
func (s *State) toAPI(inside observe.Set) *ways {
	if s.API == nil || s.APISlices == nil || !uses(s.API, observe.EnvHostValue.In(inside)) {
		return nil
	}
	return s.to(s.API, s.APISlices, corev1.ProtocolTCP, nil)
}

// toDNS judges questions to the cluster's DNS servers, by UDP; nil where they may not be read,
// or where the pod asks others.
func (s *State) toDNS(inside observe.Set) *ways {
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
func (s *State) to(service *corev1.Service, found []discoveryv1.EndpointSlice, protocol corev1.Protocol, pods []corev1.Pod) *ways {
	from := asPod(s.Pod, s.Namespace)
	var w ways
	port := servicePort(service, protocol)
	if ip, err := netip.ParseAddr(service.Spec.ClusterIP); err == nil && port != 0 {
		w.service = append(w.service, judged{netip.AddrPortFrom(ip, port), netpolicy.Egress(s.Policies, from, netpolicy.Peer{Addr: ip}, port, protocol)})
	}
	for _, to := range Backends(service, found, protocol) {
		peer := netpolicy.Peer{Addr: to.Addr(), Pod: podAt(pods, to.Addr(), s.DNSNamespace)}
		w.backends = append(w.backends, judged{to, netpolicy.Egress(s.Policies, from, peer, to.Port(), protocol)})
		if peer.Pod != nil && s.DNSPolicies != nil {
			own, _ := netip.ParseAddr(s.Pod.Status.PodIP)
			w.ingress = append(w.ingress, judged{to, netpolicy.Ingress(s.DNSPolicies, *peer.Pod, netpolicy.Peer{Addr: own, Pod: &from}, to.Port(), protocol)})
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

func denied(list []judged) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(j judged) bool { return j.Allowed })
}

func allowed(list []judged) bool {
	return !slices.ContainsFunc(list, func(j judged) bool { return !j.Allowed })
}

// verdict is what the policies say of the Service.
func (w *ways) verdict(enforced bool, others []string) observe.Policies {
	switch {
	case denied(w.ingress), denied(w.service) && denied(w.backends):
		switch {
		case !enforced:
			return observe.WouldDeny
		case others == nil || len(others) > 0:
			return observe.DenySoFar
		}
		return observe.PoliciesDeny
	case !allowed(w.service), !allowed(w.backends), !allowed(w.ingress):
		return observe.SidesDiffer
	case others == nil || len(others) > 0:
		return observe.AllowSoFar
	case len(w.selecting()) == 0:
		return observe.NoneSelects
	}
	return observe.PoliciesAllow
}

// selecting are the policies that select the pod for egress.
func (w *ways) selecting() (names []string) {
	if w == nil {
		return nil
	}
	for _, j := range slices.Concat(w.service, w.backends) {
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

// reasons are what each policy says, alone: of what is denied, or else of all; once, where
// it says the same of several addresses.
func (w *ways) reasons() (texts []string) {
	list := slices.Concat(w.service, w.backends, w.ingress)
	if !allowed(list) {
		list = slices.DeleteFunc(list, func(j judged) bool { return j.Allowed })
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

// knownEnforcers begin the names of agents that enforce NetworkPolicies; where roles may be
// read they need not be known.
var knownEnforcers = []string{"calico-node", "cilium", "kindnet", "antrea-agent", "kube-router", "weave-net", "ovnkube-node", "canal", "azure-npm", "anetd"}

// enforcer names what enforces NetworkPolicies on the pod's node: an agent on the host
// network whose account may watch them; "" where none is known.
func (s *State) enforcer() string {
	for p := range s.known() {
		if p.Spec.NodeName != s.Pod.Spec.NodeName || !p.Spec.HostNetwork || !ofDaemonSet(p) {
			continue
		}
		known := slices.ContainsFunc(knownEnforcers, func(name string) bool { return strings.HasPrefix(p.Name, name) })
		if rolesRead := s.Roles != nil && s.Bindings != nil; !rolesRead && known || s.mayWatchPolicies(p) {
			return p.Namespace + "/" + p.Name
		}
	}
	return ""
}

func (s *State) mayWatchPolicies(p *corev1.Pod) bool {
	for _, b := range s.Bindings {
		if !slices.ContainsFunc(b.Subjects, func(subject rbacv1.Subject) bool {
			return subject.Kind == rbacv1.ServiceAccountKind && subject.Namespace == p.Namespace && subject.Name == AccountOf(p)
		}) {
			continue
		}
		i := slices.IndexFunc(s.Roles, func(r rbacv1.ClusterRole) bool {
			return r.Name == b.RoleRef.Name && r.Labels["kubernetes.io/bootstrapping"] == "" // view, edit and admin are for people
		})
		if i >= 0 && slices.ContainsFunc(s.Roles[i].Rules, watchesPolicies) {
			return true
		}
	}
	return false
}

// watchesPolicies says that a rule names NetworkPolicies: one for everything says nothing of
// what its owner is for.
func watchesPolicies(r rbacv1.PolicyRule) bool {
	return slices.Contains(r.APIGroups, networkingv1.GroupName) && slices.Contains(r.Resources, "networkpolicies") &&
		(slices.Contains(r.Verbs, "watch") || slices.Contains(r.Verbs, rbacv1.VerbAll))
}
