package predict

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// concerned are the namespaces whose pods a change may concern; a single "" stands for all.
func concerned(s *State, c *Change) (names []string) {
	for _, o := range slices.Concat(c.Applied, c.Deleted) {
		name := o.Namespace
		switch o.Kind {
		case "EndpointSlice":
			return []string{metav1.NamespaceAll}
		case "Namespace":
			if name = o.Name; name == cluster.DNSNamespace { // rules may select it by its labels
				return []string{metav1.NamespaceAll}
			}
		case "NetworkPolicy":
			if name == cluster.DNSNamespace && s.isForDNS(o) {
				return []string{metav1.NamespaceAll}
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// isForDNS says that a policy of kube-system selects a DNS server's pod for ingress, today or
// as it is given.
func (s *State) isForDNS(o Object) bool {
	policies := slices.DeleteFunc(slices.Clone(s.Policies[o.Namespace]), func(p networkingv1.NetworkPolicy) bool { return p.Name != o.Name })
	if given, ok := o.object.(*networkingv1.NetworkPolicy); ok {
		policies = append(policies, *given)
	}
	servers := cluster.Backends(s.DNS, s.slices(cluster.DNSService, s.DNS), corev1.ProtocolUDP)
	return slices.ContainsFunc(policies, func(p networkingv1.NetworkPolicy) bool {
		if len(p.Spec.PolicyTypes) > 0 && !slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		return err == nil && slices.ContainsFunc(s.DNSPods, func(pod corev1.Pod) bool {
			return selector.Matches(labels.Set(pod.Labels)) && slices.ContainsFunc(servers, func(at netip.AddrPort) bool { return hasAddress(&pod, at.Addr()) })
		})
	})
}
