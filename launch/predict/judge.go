package predict

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// Predict judges every pod of the state by the objects of today and by those that the change
// leaves. It returns an error where the API server would reject the change.
func Predict(s *State, c *Change) (Prediction, error) {
	p := Prediction{APIVersion: "k8sdoctor/v1", Kind: "Prediction", Applied: orNone(c.Applied), Deleted: orNone(c.Deleted), LeftOut: orNone(c.LeftOut), Notes: orNone(s.Notes)}
	after, err := s.After(c)
	if err != nil {
		return p, err
	}
	j := judge{State: s, change: c, after: after, enforcers: map[string]string{}}
	var losses []Loss
	for i := range s.Pods {
		pod := &s.Pods[i]
		lossesOf, f := j.pod(pod)
		losses = append(losses, lossesOf...)
		p.Pods.Judged++
		*map[fate]*int{lost: &p.Pods.Lose, gained: &p.Pods.Gain, kept: &p.Pods.Keep, hadNone: &p.Pods.Without}[f]++
	}
	p.Losses = grouped(losses)
	p.Notes = append(p.Notes, j.notes()...)
	return p, nil
}

// fate is what becomes of a pod.
type fate int

const (
	kept fate = iota
	lost
	gained
	hadNone
)

// judge holds what is found out once for all pods.
type judge struct {
	*State
	change    *Change
	after     *Objects
	enforcers map[string]string // by node
}

// pod says what a pod loses, and what becomes of it.
func (j *judge) pod(pod *corev1.Pod) (losses []Loss, f fate) {
	inside := environment(pod)
	before, after := j.of(pod, &j.Objects), j.of(pod, j.after)
	enforcer, others := j.enforcer(before), j.OtherPolicies == nil || len(j.OtherPolicies) > 0
	compare := func(what, service string, today, then *cluster.Judgement) {
		if today == nil || then == nil {
			return
		}
		c := comparison{
			path{pod, today, func(netip.AddrPort) bool { return true }},
			path{pod, then, func(at netip.AddrPort) bool { return j.isKnown(service, today, at) }},
			views(enforcer, others),
		}
		switch {
		case c.loses():
			losses = append(losses, j.loss(&c, what, service))
		case c.gains():
			f = gained
		case what == APIServer && f == kept && c.without():
			f = hadNone
		}
	}
	compare(APIServer, cluster.APIService, before.ToAPI(inside), after.ToAPI(inside))
	if asksClusterDNS(pod) {
		compare(DNS, cluster.DNSService, before.ToDNS(inside), after.ToDNS(inside))
	}
	losses = append(losses, j.account(pod)...)
	if len(losses) > 0 {
		f = lost
	}
	return losses, f
}

// enforcer names what enforces NetworkPolicies on the node of a pod, or on any node where it
// has none yet.
func (j *judge) enforcer(s *cluster.State) string {
	on := s.Pod.Spec.NodeName
	if _, asked := j.enforcers[on]; asked {
		return j.enforcers[on]
	}
	name := ""
	if on == "" {
		for _, agent := range slices.Concat(j.Agents, j.DNSPods) {
			of := *s
			of.Pod = &agent
			name = cmp.Or(name, of.Enforcer())
		}
	} else {
		name = s.Enforcer()
	}
	j.enforcers[on] = name
	return name
}

// isKnown says that there is a server of a Service at an address: it is one of today, or, with
// one of today's ports, a node of the control plane, or a DNS server's pod.
func (j *judge) isKnown(service string, today *cluster.Judgement, at netip.AddrPort) bool {
	if slices.ContainsFunc(today.Backends, func(b cluster.Judged) bool { return b.To == at }) {
		return true
	}
	if !slices.ContainsFunc(today.Backends, func(b cluster.Judged) bool { return b.To.Port() == at.Port() }) {
		return false
	}
	if service == cluster.DNSService {
		return slices.ContainsFunc(j.DNSPods, func(p corev1.Pod) bool { return hasAddress(&p, at.Addr()) && j.servesDNS(&p, today) })
	}
	return slices.ContainsFunc(j.Nodes, func(n corev1.Node) bool {
		_, control := n.Labels["node-role.kubernetes.io/control-plane"]
		return control && slices.ContainsFunc(n.Status.Addresses, func(a corev1.NodeAddress) bool { return a.Address == at.Addr().String() })
	})
}

// servesDNS says that a pod belongs to the workload of one that serves DNS today.
func (j *judge) servesDNS(p *corev1.Pod, today *cluster.Judgement) bool {
	return slices.ContainsFunc(j.DNSPods, func(other corev1.Pod) bool {
		return workload(&other) == workload(p) && slices.ContainsFunc(today.Backends, func(b cluster.Judged) bool { return hasAddress(&other, b.To.Addr()) })
	})
}

func hasAddress(p *corev1.Pod, addr netip.Addr) bool {
	return slices.ContainsFunc(p.Status.PodIPs, func(ip corev1.PodIP) bool { return ip.IP == addr.String() })
}

// changed says that an object of the change has this kind and full name.
func (c *Change) changed(kind, name string) bool {
	return slices.ContainsFunc(slices.Concat(c.Applied, c.Deleted), func(o Object) bool { return o.Kind == kind && o.fullName() == name })
}

// keptByAPIServer says that the change is of the EndpointSlice that the API server itself keeps
// (https://github.com/kubernetes/kubernetes, pkg/controlplane/reconcilers).
func (c *Change) keptByAPIServer() bool {
	return c.changed("EndpointSlice", cluster.APINamespace+"/"+cluster.APIService)
}

// slicesOf are the EndpointSlices of a Service that the change names.
func (j *judge) slicesOf(service string) (names []string) {
	for _, o := range slices.Concat(j.change.Applied, j.change.Deleted) {
		if o.Kind != "EndpointSlice" {
			continue
		}
		is := func(s discoveryv1.EndpointSlice) bool { return s.Name == o.Name && isOf(&s, service) }
		if slices.ContainsFunc(j.Slices[o.Namespace], is) || slices.ContainsFunc(j.after.Slices[o.Namespace], is) {
			names = append(names, o.String())
		}
	}
	return names
}
