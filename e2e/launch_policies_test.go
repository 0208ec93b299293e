//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/k8sdoctor/k8sdoctor/netpolicy"
)

const policyRounds = 20

// TestLaunchPolicies has policies made by chance, and asks the pod network whether it enforces
// them as package netpolicy judges them: for each pod, every port of every other one, and the API
// server, which is on the host network.
func TestLaunchPolicies(t *testing.T) {
	t.Parallel()
	w := newPolicyWorld(t)
	allowed, denied := 0, 0
	for round := range policyRounds {
		policies := w.policies()
		w.apply(t, policies)
		different := w.differences(t, policies)
		for end := time.Now().Add(20 * time.Second); len(different) > 0 && time.Now().Before(end); { // policies take a moment
			different = w.differences(t, policies)
		}
		for _, d := range different {
			t.Errorf("round %d: %s", round, d)
		}
		if len(different) > 0 {
			data, _ := json.Marshal(policies)
			t.Fatalf("by these policies: %s", data)
		}
		for _, from := range w.pods {
			for _, to := range w.targets(from) {
				if w.allows(policies, from, to) {
					allowed++
				} else {
					denied++
				}
			}
		}
	}
	t.Logf("%d connections were allowed and %d denied, as judged", allowed, denied)
	if allowed < 100 || denied < 100 {
		t.Errorf("%d connections were allowed and %d denied: that says little", allowed, denied)
	}
}

// policyWorld is some pods in some namespaces.
type policyWorld struct {
	chance     *rand.Rand
	api        netip.AddrPort
	namespaces []namespace
	pods       []worldPod
}

type worldPod struct {
	in   namespace
	name string
	netpolicy.Pod
}

// worldPorts are those that each pod has, and their names.
var worldPorts = []corev1.ContainerPort{{Name: "dns", ContainerPort: 8053}, {Name: "web", ContainerPort: 8080}, {ContainerPort: 8443}, {ContainerPort: 9000}}

// target is a port of a pod, or of the API server where it is nil.
type target struct {
	pod *worldPod
	at  netip.AddrPort
}

func (w *policyWorld) targets(from worldPod) (list []target) {
	for i, p := range w.pods {
		if p.IPs[0] == from.IPs[0] {
			continue
		}
		for _, port := range worldPorts {
			list = append(list, target{&w.pods[i], netip.AddrPortFrom(p.IPs[0], uint16(port.ContainerPort))})
		}
	}
	return append(list, target{nil, w.api})
}

func (w *policyWorld) allows(policies []networkingv1.NetworkPolicy, from worldPod, to target) bool {
	peer := netpolicy.Peer{Addr: to.at.Addr()}
	if to.pod == nil {
		return netpolicy.Egress(policies, from.Pod, peer, to.at.Port(), corev1.ProtocolTCP).Allowed
	}
	peer.Pod = &to.pod.Pod
	return netpolicy.Egress(policies, from.Pod, peer, to.at.Port(), corev1.ProtocolTCP).Allowed &&
		netpolicy.Ingress(policies, to.pod.Pod, netpolicy.Peer{Addr: from.IPs[0], Pod: &from.Pod}, to.at.Port(), corev1.ProtocolTCP).Allowed
}

// differences are connections that come about against the judgement, or do not.
func (w *policyWorld) differences(t *testing.T, policies []networkingv1.NetworkPolicy) (list []string) {
	t.Helper()
	var wait sync.WaitGroup
	took := make([]string, len(w.pods))
	for i, from := range w.pods {
		args := []string{"exec", from.name, "--", "/ports", "dial"}
		for _, to := range w.targets(from) {
			args = append(args, to.at.String())
		}
		wait.Go(func() { took[i] = from.in.kubectl(t, args...) })
	}
	wait.Wait()
	for i, from := range w.pods {
		for _, to := range w.targets(from) {
			is, want := slices.Contains(strings.Fields(took[i]), to.at.String()), w.allows(policies, from, to)
			if is != want {
				list = append(list, fmt.Sprintf("%s/%s to %s: connects %t, judged %t", from.in, from.name, to.at, is, want))
			}
		}
	}
	return list
}

// apply puts these policies in the place of those that were there.
func (w *policyWorld) apply(t *testing.T, policies []networkingv1.NetworkPolicy) {
	t.Helper()
	for _, ns := range w.namespaces {
		ns.kubectl(t, "delete", "networkpolicies", "--all")
	}
	for _, p := range policies {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		commandWith(t, string(data), "kubectl", "create", "--filename=-")
	}
}

func (w *policyWorld) one(n int) bool { return w.chance.IntN(n) == 0 }

func choice[T any](w *policyWorld, from ...T) T { return from[w.chance.IntN(len(from))] }

// policies are some that are valid, of few names, so that they meet pods often.
func (w *policyWorld) policies() (list []networkingv1.NetworkPolicy) {
	for i := range 3 + w.chance.IntN(4) {
		p := networkingv1.NetworkPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("n", i), Namespace: string(choice(w, w.namespaces...))},
		}
		if !w.one(3) {
			p.Spec.PodSelector = w.selector("app", "tier")
		}
		p.Spec.PolicyTypes = choice(w, nil, []networkingv1.PolicyType{"Egress"}, []networkingv1.PolicyType{"Ingress"}, []networkingv1.PolicyType{"Ingress", "Egress"})
		for range w.chance.IntN(3) {
			p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: w.peers(), Ports: w.ports()})
		}
		for range w.chance.IntN(3) {
			rule := networkingv1.NetworkPolicyEgressRule{To: w.peers(), Ports: w.ports()}
			if slices.ContainsFunc(rule.To, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil }) {
				rule.Ports = slices.DeleteFunc(rule.Ports, isNamed) // a name is of pods; the API leaves open what it means in a block, and kind's network takes none
			}
			p.Spec.Egress = append(p.Spec.Egress, rule)
		}
		if p.Spec.PolicyTypes == nil { // as the API server does
			p.Spec.PolicyTypes = []networkingv1.PolicyType{"Ingress"}
			if len(p.Spec.Egress) > 0 {
				p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, "Egress")
			}
		}
		list = append(list, p)
	}
	return list
}

func isNamed(p networkingv1.NetworkPolicyPort) bool {
	return p.Port != nil && p.Port.Type == intstr.String
}

func (w *policyWorld) selector(keys ...string) (s metav1.LabelSelector) {
	key := choice(w, keys...)
	switch w.chance.IntN(4) {
	case 0:
		s.MatchLabels = map[string]string{key: choice(w, "x", "y")}
	case 1:
		s.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: key, Operator: choice(w, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn), Values: []string{choice(w, "x", "y")}}}
	case 2:
		s.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: key, Operator: choice(w, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist)}}
	}
	return s
}

func (w *policyWorld) peers() (list []networkingv1.NetworkPolicyPeer) {
	for range w.chance.IntN(3) {
		var p networkingv1.NetworkPolicyPeer
		pods, namespaces := w.selector("app", "tier"), w.selector("team", "tier")
		switch w.chance.IntN(4) {
		case 0:
			p.PodSelector = &pods
		case 1:
			p.NamespaceSelector = &namespaces
		case 2:
			p.PodSelector, p.NamespaceSelector = &pods, &namespaces
		default:
			p.IPBlock = w.block()
		}
		list = append(list, p)
	}
	return list
}

// block is of all addresses, of those of pods, of the node of one, or a single one.
func (w *policyWorld) block() *networkingv1.IPBlock {
	pod := choice(w, w.pods...).IPs[0]
	wide := netip.PrefixFrom(pod, 16).Masked().String()
	node, alone := netip.PrefixFrom(pod, 24).Masked().String(), netip.PrefixFrom(pod, 32).String()
	return choice(w, &networkingv1.IPBlock{CIDR: "0.0.0.0/0"}, &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{wide}}, &networkingv1.IPBlock{CIDR: wide, Except: []string{alone}},
		&networkingv1.IPBlock{CIDR: wide, Except: []string{node}}, &networkingv1.IPBlock{CIDR: node}, &networkingv1.IPBlock{CIDR: alone}, &networkingv1.IPBlock{CIDR: w.api.Addr().String() + "/32"})
}

func (w *policyWorld) ports() (list []networkingv1.NetworkPolicyPort) {
	for range w.chance.IntN(3) {
		tcp, udp := corev1.ProtocolTCP, corev1.ProtocolUDP
		p := networkingv1.NetworkPolicyPort{Protocol: choice(w, nil, &tcp, &tcp, &udp)}
		number := choice(w, worldPorts[0].ContainerPort, worldPorts[2].ContainerPort, int32(w.api.Port()))
		switch w.chance.IntN(4) {
		case 0:
			p.Port = new(intstr.FromString(choice(w, "dns", "web", "none")))
		case 1:
			p.Port, p.EndPort = new(intstr.FromInt32(number)), new(number+choice[int32](w, 0, 27, 1000))
		case 2:
			p.Port = new(intstr.FromInt32(number))
		}
		list = append(list, p)
	}
	return list
}
