package netpolicy

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// rule is a rule of either direction.
type rule struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
}

func (c *connection) rules(spec *networkingv1.NetworkPolicySpec) []rule {
	var rules []rule
	if c.direction == networkingv1.PolicyTypeEgress {
		for _, r := range spec.Egress {
			rules = append(rules, rule{r.To, r.Ports})
		}
		return rules
	}
	for _, r := range spec.Ingress {
		rules = append(rules, rule{r.From, r.Ports})
	}
	return rules
}

// isPeer says whether a peer of a rule is the other end, and names the peer. A podSelector alone
// is for the policy's namespace, a namespaceSelector alone for all pods of those namespaces,
// and an ipBlock stands alone (API). Selectors never match an address that is no pod's.
func (c *connection) isPeer(p *networkingv1.NetworkPolicyPeer) (is bool, name string) {
	pods, namespaces := p.PodSelector, p.NamespaceSelector
	switch {
	case p.IPBlock != nil && (pods != nil || namespaces != nil):
		return false, "an ipBlock with a selector, which is invalid"
	case p.IPBlock != nil:
		return c.isInBlock(p.IPBlock)
	case pods == nil && namespaces == nil:
		return false, "a peer without fields, which is invalid"
	}
	is, name = c.peer != nil, "all pods"
	if pods != nil {
		is, name = is && matches(pods, c.peer.Labels), those("pods", pods)
	}
	if namespaces == nil {
		return is && c.peer.Namespace == c.pod.Namespace, name + " in namespace " + c.pod.Namespace
	}
	return is && matches(namespaces, c.peer.NamespaceLabels), name + " in " + those("namespaces", namespaces)
}

// isInBlock says whether a block has the address of the other end, and names the block. It is
// meant for addresses outside the cluster (concept, "Behavior of to and from selectors"); as the
// API does not forbid it, it has a pod's address as well.
func (c *connection) isInBlock(b *networkingv1.IPBlock) (is bool, name string) {
	cidr, err := parseCIDR(b.CIDR)
	if err != nil {
		return false, fmt.Sprintf("CIDR %q, which is invalid", b.CIDR)
	}
	is, name = cidr.Contains(c.addr), b.CIDR
	for _, text := range b.Except {
		except, err := parseCIDR(text)
		switch {
		case err != nil:
			return false, fmt.Sprintf("%s except %q, which is invalid", b.CIDR, text)
		case is && except.Contains(c.addr):
			is, name = false, b.CIDR+" except "+text
		}
	}
	return is, name
}

// parseCIDR takes the IPv4 addresses that IPv6 maps for IPv4, as the API server does. It takes no
// leading zeros, which some servers do: other programs read them as octal numbers.
func parseCIDR(text string) (netip.Prefix, error) {
	cidr, err := netip.ParsePrefix(text)
	if cidr.Addr().Is4In6() && cidr.Bits() >= 96 {
		cidr = netip.PrefixFrom(cidr.Addr().Unmap(), cidr.Bits()-96)
	}
	return cidr, err
}

// isPort says whether a port of a rule is the one that is connected to, and names the port. The
// protocol is TCP by default, and a protocol alone stands for all its ports. A name is one that
// the pod with the port gives it. A range needs a number and an end that is not below it (API).
func (c *connection) isPort(p *networkingv1.NetworkPolicyPort) (is bool, name string) {
	protocol := corev1.ProtocolTCP
	if p.Protocol != nil {
		protocol = *p.Protocol
	}
	switch {
	case p.EndPort != nil && (p.Port == nil || p.Port.Type == intstr.String || *p.EndPort < p.Port.IntVal):
		return false, "an endPort that is invalid"
	case p.Port == nil:
		is, name = true, fmt.Sprintf("every %s port", protocol)
	case p.Port.Type == intstr.String:
		is, name = c.isNamed(p.Port.StrVal), fmt.Sprintf("a pod's port named %s/%s", p.Port.StrVal, protocol)
	case p.EndPort != nil:
		is, name = p.Port.IntVal <= int32(c.port) && int32(c.port) <= *p.EndPort, fmt.Sprintf("%d-%d/%s", p.Port.IntVal, *p.EndPort, protocol)
	default:
		is, name = p.Port.IntVal == int32(c.port), fmt.Sprintf("%d/%s", p.Port.IntVal, protocol)
	}
	return is && protocol == c.protocol, name
}

func (c *connection) isNamed(name string) bool {
	return c.server != nil && slices.ContainsFunc(c.server.Ports, func(p corev1.ContainerPort) bool {
		sameProtocol := p.Protocol == c.protocol || p.Protocol == "" && c.protocol == corev1.ProtocolTCP
		return p.Name == name && p.ContainerPort == int32(c.port) && sameProtocol
	})
}

// matches says whether a selector matches labels; one that is invalid never does.
func matches(selector *metav1.LabelSelector, set map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(set))
}
