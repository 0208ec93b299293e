// Package netpolicy judges a connection by the objects of networking.k8s.io/v1 NetworkPolicy,
// and says why. Where a doc comment says "API", the rule is of the reference of
// NetworkPolicySpec and of the validation and defaults of the API server; where it says
// "concept", it is of https://kubernetes.io/docs/concepts/services-networking/network-policies/.
// Whether anything enforces the policies, and whether it looks at a packet before or after
// a Service IP is translated, is not in the objects.
package netpolicy

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// Pod is one end of a connection that policies may select.
type Pod struct {
	Namespace       string
	NamespaceLabels map[string]string
	Labels          map[string]string
	HostNetwork     bool
	IPs             []netip.Addr
	NodeIPs         []netip.Addr           // of the node where it runs; empty where any address is to be judged
	Ports           []corev1.ContainerPort // of all its containers: they give ports names
}

// Peer is the other end of a connection: the address that it uses, and the pod that has it, nil
// where no pod does.
type Peer struct {
	Addr netip.Addr
	Pod  *Pod
}

// Decision is what all policies together say of a connection in one direction.
type Decision struct {
	Allowed bool
	// Exempt says why no policy applies to the connection; it is empty where policies do.
	Exempt string
	// Policies are those that select the pod in this direction, by name. Where it is empty the
	// pod is not isolated, and all is allowed.
	Policies []Judged
}

// Judged is what one policy says of a connection.
type Judged struct {
	Name   string // namespace/name
	Allows bool
	Rule   int    // the number, from 1, of the first rule that allows it; 0 where none does
	Why    string // at most 120 bytes
}

// Egress judges a connection from a pod to a port of a peer.
func Egress(policies []networkingv1.NetworkPolicy, from Pod, to Peer, port uint16, protocol corev1.Protocol) Decision {
	c := connect(networkingv1.PolicyTypeEgress, &from, to, port, protocol)
	c.server = c.peer
	return c.decide(policies)
}

// Ingress judges a connection from a peer to a port of a pod.
func Ingress(policies []networkingv1.NetworkPolicy, to Pod, from Peer, port uint16, protocol corev1.Protocol) Decision {
	c := connect(networkingv1.PolicyTypeIngress, &to, from, port, protocol)
	c.server = c.pod
	return c.decide(policies)
}

// connection is what is judged, as the pod sees it whose policies judge it.
type connection struct {
	direction networkingv1.PolicyType
	pod       *Pod
	addr      netip.Addr // of the other end
	peer      *Pod       // the other end, nil where no selector matches it
	what      string     // says so, in a sentence that has named addr
	server    *Pod       // has the port, nil where names of ports match nothing
	port      uint16
	protocol  corev1.Protocol
}

// connect fills in all but the server. Selectors do not match pods on the host network, which
// are what their node is (concept, "NetworkPolicy and hostNetwork pods": most plugins).
func connect(direction networkingv1.PolicyType, pod *Pod, other Peer, port uint16, protocol corev1.Protocol) connection {
	c := connection{direction: direction, pod: pod, addr: other.Addr.Unmap(), port: port, protocol: protocol}
	switch {
	case other.Pod == nil:
		c.what = " (no pod)"
	case other.Pod.HostNetwork:
		c.what = " (on the host network)"
	default:
		c.peer = other.Pod
	}
	return c
}

// decide judges by each policy. Policies add up: one that allows is enough, and none that
// selects the pod allows all (concept, "The two sorts of pod isolation").
func (c *connection) decide(policies []networkingv1.NetworkPolicy) Decision {
	if exempt := c.exempt(); exempt != "" {
		return Decision{Allowed: true, Exempt: exempt}
	}
	var d Decision
	for i := range policies {
		if c.selects(&policies[i]) {
			d.Policies = append(d.Policies, c.judge(&policies[i]))
		}
	}
	slices.SortStableFunc(d.Policies, func(a, b Judged) int { return cmp.Compare(a.Name, b.Name) })
	d.Allowed = len(d.Policies) == 0 || slices.ContainsFunc(d.Policies, func(j Judged) bool { return j.Allows })
	return d
}

// exempt says why no policy applies: a pod cannot block access to itself, and traffic to and
// from its node is always allowed (concept, introduction); most plugins apply no policy to pods
// on the host network (concept, "NetworkPolicy and hostNetwork pods"). Not every plugin lets a
// pod connect to its node: without NodeIPs the node is judged as any address.
func (c *connection) exempt() string {
	is := func(addr netip.Addr) bool { return addr.Unmap() == c.addr }
	switch {
	case c.pod.HostNetwork:
		return "the pod is on the host network"
	case slices.ContainsFunc(c.pod.IPs, is):
		return c.addr.String() + " is the pod itself"
	case slices.ContainsFunc(c.pod.NodeIPs, is):
		return c.addr.String() + " is the node of the pod"
	}
	return ""
}

// selects says whether a policy is of the pod's namespace, is for the direction, and selects the
// pod; an empty podSelector selects all (API). A policy without policyTypes is for ingress,
// and for egress if it has an egress rule (API, SetDefaults_NetworkPolicy). A podSelector
// that is invalid selects no pod: the API server keeps one only for a value that no label has.
func (c *connection) selects(policy *networkingv1.NetworkPolicy) bool {
	spec := &policy.Spec
	applies := slices.Contains(spec.PolicyTypes, c.direction)
	if len(spec.PolicyTypes) == 0 {
		applies = c.direction == networkingv1.PolicyTypeIngress || len(spec.Egress) != 0
	}
	return applies && policy.Namespace == c.pod.Namespace && matches(&spec.PodSelector, c.pod.Labels)
}
