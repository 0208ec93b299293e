//go:build linux

package netpolicy

import (
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// reference is kube-network-policies, an implementation by SIG Network, with its view of a cluster.
type reference struct {
	*networkpolicy.StandardNetworkPolicy
	replace func(policies []any) error
}

func newReference() reference {
	factory := informers.NewSharedInformerFactory(nil, 0) // never started, it asks no server
	policies := factory.Networking().V1().NetworkPolicies()
	evaluator := networkpolicy.NewStandardNetworkPolicy("node", factory.Core().V1().Namespaces(), factory.Core().V1().Pods(), policies)
	return reference{evaluator, func(all []any) error { return policies.Informer().GetIndexer().Replace(all, "1") }}
}

// info is a pod as the reference finds it by its address, which is not that of a node.
func info(p *Pod) *api.PodInfo {
	if p == nil || p.HostNetwork {
		return nil
	}
	ports := append([]corev1.ContainerPort{}, p.Ports...)
	for i := range ports {
		if ports[i].Protocol == "" { // SetDefaults of the API server
			ports[i].Protocol = corev1.ProtocolTCP
		}
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Labels: p.Labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Ports: ports}}}}
	return api.NewPodInfo(pod, p.NamespaceLabels, nil, "")
}

// asked is a connection to or from a pod whose policies judge it.
type asked struct {
	direction networkingv1.PolicyType
	pod       Pod
	peer      Peer
	port      uint16
	protocol  corev1.Protocol
}

func (a asked) judge(policies []networkingv1.NetworkPolicy) Decision {
	if a.direction == networkingv1.PolicyTypeEgress {
		return Egress(policies, a.pod, a.peer, a.port, a.protocol)
	}
	return Ingress(policies, a.pod, a.peer, a.port, a.protocol)
}

// allows asks the reference.
func (r reference) allows(t *testing.T, policies []*networkingv1.NetworkPolicy, a asked) bool {
	t.Helper()
	all := make([]any, len(policies))
	for i := range policies {
		all[i] = policies[i]
	}
	if err := r.replace(all); err != nil {
		t.Fatal(err)
	}
	packet := &network.Packet{Proto: a.protocol, SrcPort: 40000, DstPort: int(a.port)}
	var verdict api.Verdict
	var err error
	if a.direction == networkingv1.PolicyTypeEgress {
		packet.DstIP = a.peer.Addr.AsSlice()
		verdict, err = r.EvaluateEgress(t.Context(), packet, info(&a.pod), info(a.peer.Pod))
	} else {
		packet.SrcIP = a.peer.Addr.AsSlice()
		verdict, err = r.EvaluateIngress(t.Context(), packet, info(a.peer.Pod), info(&a.pod))
	}
	if err != nil {
		t.Fatal(err)
	}
	return verdict != api.VerdictDeny
}

// stored returns policies as the API server does: lists without items are not there, and the
// defaults are (SetDefaults_NetworkPolicy, SetDefaults_NetworkPolicyPort).
func stored(t *testing.T, policies []networkingv1.NetworkPolicy) []*networkingv1.NetworkPolicy {
	t.Helper()
	data, err := json.Marshal(policies)
	var all []*networkingv1.NetworkPolicy
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if len(p.Spec.PolicyTypes) == 0 {
			p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
			if len(p.Spec.Egress) != 0 {
				p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
			}
		}
		for _, r := range p.Spec.Ingress {
			setProtocols(r.Ports)
		}
		for _, r := range p.Spec.Egress {
			setProtocols(r.Ports)
		}
	}
	return all
}

func setProtocols(ports []networkingv1.NetworkPolicyPort) {
	tcp := corev1.ProtocolTCP
	for i := range ports {
		if ports[i].Protocol == nil {
			ports[i].Protocol = &tcp
		}
	}
}
