//go:build linux

package netpolicy

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// generator makes policies and connections of few names, so that they meet often. One part in
// a hundred of a policy is invalid for an API server.
type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

// one says yes once in n times.
func (g generator) one(n int) bool { return g.IntN(n) == 0 }

func (g generator) upTo(n int) []struct{} { return make([]struct{}, g.IntN(n+1)) }

var namespaceLabels = map[string]map[string]string{"shop": {"team": "x"}, "ops": {"team": "y", "tier": "x"}, "bare": nil}

func (g generator) namespace() string {
	return pick(g, "shop", "shop", "shop", "shop", "shop", "ops", "bare")
}

func (g generator) labels() map[string]string {
	set := map[string]string{}
	for _, key := range []string{"app", "tier"} {
		if !g.one(4) {
			set[key] = pick(g, "x", "y")
		}
	}
	return set
}

func (g generator) pod() Pod {
	namespace := g.namespace()
	pod := Pod{Namespace: namespace, NamespaceLabels: namespaceLabels[namespace], Labels: g.labels(), HostNetwork: g.one(20)}
	for range g.upTo(3) {
		pod.Ports = append(pod.Ports, corev1.ContainerPort{Name: pick(g, "web", "dns", ""), ContainerPort: int32(g.port()), Protocol: pick(g, "", g.protocol())})
	}
	return pod
}

func (g generator) peer() Peer {
	peer := Peer{Addr: netip.MustParseAddr(pick(g, "10.0.0.1", "10.0.7.1", "10.9.0.1", "192.0.2.1", "::ffff:10.0.0.1", "fd00::1", "fd00:9::1", "2001:db8::1"))}
	if !g.one(3) {
		pod := g.pod()
		peer.Pod = &pod
	}
	return peer
}

func (g generator) port() uint16 { return pick[uint16](g, 53, 80, 443, 8080) }

func (g generator) protocol() corev1.Protocol {
	return pick(g, corev1.ProtocolTCP, corev1.ProtocolTCP, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
}

func (g generator) selector(keys ...string) metav1.LabelSelector {
	var s metav1.LabelSelector
	if g.one(3) {
		s.MatchLabels = map[string]string{pick(g, keys...): pick(g, "x", "y")}
	}
	for range g.upTo(1) {
		e := metav1.LabelSelectorRequirement{Key: pick(g, keys...), Operator: pick(g, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist)}
		if e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn {
			e.Values = pick(g, []string{"x"}, []string{"y"}, []string{"z"}, []string{"x", "z"})
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
	}
	if g.one(100) {
		s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{Key: keys[0], Operator: "Like"})
	}
	return s
}

func (g generator) block() *networkingv1.IPBlock {
	type block struct {
		cidr    string
		excepts []string
	}
	b := pick(g, block{"0.0.0.0/0", []string{"10.0.0.0/8", "192.0.2.0/24"}}, block{"10.0.0.0/8", []string{"10.0.0.0/16", "10.0.7.0/24"}},
		block{"10.0.0.1/32", nil}, block{"10.0.0.0/21", []string{"10.0.0.0/30"}}, block{"::ffff:10.0.0.0/104", []string{"10.9.0.0/16"}},
		block{"::/0", []string{"fd00::/8"}}, block{"fd00::/8", []string{"fd00::/32", "fd00:9::/32"}}, block{"fd00:9::7/32", nil})
	made := &networkingv1.IPBlock{CIDR: b.cidr}
	for _, except := range b.excepts {
		if g.one(2) {
			made.Except = append(made.Except, except)
		}
	}
	if g.one(100) {
		made.CIDR = pick(g, "10.0.0/8", "", "010.0.0.0/8", "10.0.0.1")
	}
	if g.one(100) {
		made.Except = append(made.Except, pick(g, "10.0.0/8", "x"))
	}
	return made
}

func (g generator) peers() []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for range g.upTo(3) {
		var p networkingv1.NetworkPolicyPeer
		pods, namespaces := g.selector("app", "tier"), g.selector("team", "tier")
		switch g.IntN(5) {
		case 0:
			p.PodSelector = &pods
		case 1:
			p.NamespaceSelector = &namespaces
		case 2:
			p.PodSelector, p.NamespaceSelector = &pods, &namespaces
		default:
			p.IPBlock = g.block()
			if g.one(100) {
				p.PodSelector = &pods
			}
		}
		peers = append(peers, p)
	}
	return peers
}

func (g generator) ports() []networkingv1.NetworkPolicyPort {
	ports := pick(g, nil, []networkingv1.NetworkPolicyPort{})
	for range g.upTo(3) {
		var p networkingv1.NetworkPolicyPort
		if protocol := g.protocol(); !g.one(3) {
			p.Protocol = &protocol
		}
		number, name, end := intstr.FromInt32(int32(g.port())), intstr.FromString(pick(g, "web", "dns")), pick[int32](g, 53, 442, 443, 444, 9000)
		switch g.IntN(8) {
		case 0:
		case 1, 2:
			p.Port = &name
		case 3, 4:
			p.Port, p.EndPort = &number, &end
			end = max(end, number.IntVal)
		default:
			p.Port = &number
		}
		if g.one(100) {
			p.EndPort = &end
		}
		if g.one(100) {
			name = intstr.FromString("443")
			p.Port = &name
		}
		ports = append(ports, p)
	}
	return ports
}

func (g generator) policies() []networkingv1.NetworkPolicy {
	var policies []networkingv1.NetworkPolicy
	for i := range g.upTo(4) {
		policy := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("p", i), Namespace: g.namespace()}}
		policy.Spec.PolicyTypes = pick(g, nil, nil, []networkingv1.PolicyType{}, []networkingv1.PolicyType{"Egress"}, []networkingv1.PolicyType{"Ingress"}, []networkingv1.PolicyType{"Ingress", "Egress"})
		if g.one(3) {
			policy.Spec.PodSelector = g.selector("app", "tier")
		}
		if g.one(4) {
			policy.Spec.Ingress, policy.Spec.Egress = []networkingv1.NetworkPolicyIngressRule{}, []networkingv1.NetworkPolicyEgressRule{}
		}
		for range g.upTo(3) {
			policy.Spec.Ingress = append(policy.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers(), Ports: g.ports()})
		}
		for range g.upTo(3) {
			policy.Spec.Egress = append(policy.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers(), Ports: g.ports()})
		}
		policies = append(policies, policy)
	}
	return policies
}
