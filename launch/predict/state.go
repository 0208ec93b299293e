package predict

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Objects are what a change may change.
type Objects struct {
	Namespaces map[string]*corev1.Namespace
	Policies   map[string][]networkingv1.NetworkPolicy      // by their namespace
	Slices     map[string][]discoveryv1.EndpointSlice       // by their namespace
	Accounts   map[string]map[string]*corev1.ServiceAccount // by their namespace and name
}

// State is what was read of a cluster, as far as a change concerns it.
type State struct {
	Objects
	Pods     []corev1.Pod    // those that the change concerns, and that run or are about to
	API, DNS *corev1.Service // DNS is nil where there is no Service kube-dns
	DNSPods  []corev1.Pod    // of kube-system, the DNS servers among them
	Nodes    []corev1.Node
	// Agents are pods on the host network; with Roles and Bindings they tell what enforces
	// NetworkPolicies. These three may not be read by everyone, and are nil then.
	Agents   []corev1.Pod
	Roles    []rbacv1.ClusterRole
	Bindings []rbacv1.ClusterRoleBinding
	// OtherPolicies are as in package cluster.
	OtherPolicies []string
	// Notes say what could not be read, and what is not known without.
	Notes []string
}

// of is the same state for one pod, with the objects of before or after the change.
func (s *State) of(pod *corev1.Pod, with *Objects) *cluster.State {
	return &cluster.State{
		Pod: pod, Namespace: with.Namespaces[pod.Namespace], Policies: orNone(with.Policies[pod.Namespace]),
		API: s.API, APISlices: with.slices(cluster.APIService, s.API),
		DNS: s.DNS, DNSSlices: with.slices(cluster.DNSService, s.DNS),
		DNSPolicies: orNone(with.Policies[cluster.DNSNamespace]), DNSNamespace: with.Namespaces[cluster.DNSNamespace],
		Agents: s.DNSPods, OnNode: s.Agents, Roles: s.Roles, Bindings: s.Bindings, OtherPolicies: s.OtherPolicies,
	}
}

// orNone keeps a list that was read from being nil, which means that it was not.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// slices are the EndpointSlices of a Service. Those whose port has another name than the Service's
// own are followed by no proxy (https://github.com/kubernetes/kubernetes, pkg/proxy/endpointslicecache.go).
func (o *Objects) slices(name string, service *corev1.Service) []discoveryv1.EndpointSlice {
	list := []discoveryv1.EndpointSlice{}
	if service == nil {
		return list
	}
	for _, slice := range o.Slices[service.Namespace] {
		if !isOf(&slice, name) {
			continue
		}
		slice.Ports = slices.DeleteFunc(slices.Clone(slice.Ports), func(p discoveryv1.EndpointPort) bool {
			return !slices.ContainsFunc(service.Spec.Ports, func(of corev1.ServicePort) bool {
				return of.Name == value(p.Name) && cmp.Or(of.Protocol, corev1.ProtocolTCP) == cmp.Or(value(p.Protocol), corev1.ProtocolTCP)
			})
		})
		list = append(list, slice)
	}
	return list
}

func value[T any](of *T) (v T) {
	if of != nil {
		v = *of
	}
	return v
}

// runs says that a pod runs, or is about to. Static pods are none of these here: they have no
// ServiceAccount, and so no in-cluster configuration
// (https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/).
func runs(p *corev1.Pod) bool {
	_, static := p.Annotations[corev1.MirrorPodAnnotationKey]
	return !static && p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

// environment is what the pod itself says of where it finds the API server and DNS.
func environment(p *corev1.Pod) observe.Set {
	return observe.Collect(func(log *observe.Log) {
		for _, c := range p.Spec.Containers {
			i := slices.IndexFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "KUBERNETES_SERVICE_HOST" && e.Value != "" })
			if i >= 0 {
				observe.EnvHostValue.Saw(log, c.Env[i].Value)
				break
			}
		}
		if p.Spec.DNSPolicy == corev1.DNSNone && p.Spec.DNSConfig != nil {
			observe.DNSNameservers.Saw(log, p.Spec.DNSConfig.Nameservers...)
		}
	})
}

// asksClusterDNS says that the kubelet gives the pod the DNS servers of the cluster
// (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy).
func asksClusterDNS(p *corev1.Pod) bool {
	switch p.Spec.DNSPolicy {
	case corev1.DNSDefault:
		return false
	case corev1.DNSClusterFirstWithHostNet, corev1.DNSNone:
		return true
	}
	return !p.Spec.HostNetwork
}

// mountsToken says that a pod has a service account token in a volume.
func mountsToken(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Spec.Volumes, isToken)
}

func isToken(v corev1.Volume) bool {
	return v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool { return s.ServiceAccountToken != nil })
}
