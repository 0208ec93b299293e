package like

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Difference is in what a copy is made to differ from its original.
type Difference struct {
	// Labels are the keys of those that it does not have.
	Labels []string
	// Account has it run as the default ServiceAccount of its namespace.
	Account bool
	// Node has it run on any node but that of its original, or on To.
	Node bool
	To   string
	// HostNetwork has it run in the network namespace of its node.
	HostNetwork bool
	// Mesh has it run without the sidecar of a mesh.
	Mesh bool
	// Environment leaves out the variables that its container sets.
	Environment bool
}

// apply makes the copy differ.
func (d Difference) apply(pod *corev1.Pod, original *corev1.Pod) {
	maps.DeleteFunc(pod.Labels, func(key, _ string) bool { return slices.Contains(d.Labels, key) })
	if d.Account {
		pod.Spec.ServiceAccountName = defaultAccount
	}
	if d.Node {
		pod.Spec.NodeName = ""
		pod.Spec.Affinity = elsewhere(pod.Spec.Affinity, original.Spec.NodeName, d.To)
	}
	if d.HostNetwork {
		pod.Spec.HostNetwork, pod.Spec.HostUsers = true, nil
		if pod.Spec.DNSPolicy == corev1.DNSClusterFirst {
			pod.Spec.DNSPolicy = corev1.DNSClusterFirstWithHostNet
		}
	}
	if d.Mesh {
		withoutMesh(pod)
	}
	if d.Environment {
		pod.Spec.Containers[0].Env, pod.Spec.Containers[0].EnvFrom = nil, nil
	}
}

const defaultAccount = "default"

// elsewhere adds to an affinity that the node is another one. Terms are alternatives, so that
// each has to say so (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/).
func elsewhere(affinity *corev1.Affinity, node, to string) *corev1.Affinity {
	if affinity = affinity.DeepCopy(); affinity == nil {
		affinity = &corev1.Affinity{}
	}
	if affinity.NodeAffinity == nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	required := &affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if *required == nil {
		*required = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
	}
	another := corev1.NodeSelectorRequirement{Key: "metadata.name", Operator: corev1.NodeSelectorOpNotIn, Values: []string{node}}
	if to != "" {
		another.Operator, another.Values = corev1.NodeSelectorOpIn, []string{to}
	}
	for i := range (*required).NodeSelectorTerms {
		term := &(*required).NodeSelectorTerms[i]
		term.MatchFields = append(term.MatchFields, another)
	}
	return affinity
}

// withoutMesh asks each mesh that is known to leave the pod alone, by the label or annotation
// that its documentation names.
func withoutMesh(pod *corev1.Pod) {
	asked := func(key, value string) bool {
		return isMeshKey(key) && (key != "k8s.v1.cni.cncf.io/networks" || value == "istio-cni") // other networks stay
	}
	maps.DeleteFunc(pod.Annotations, asked)
	maps.DeleteFunc(pod.Labels, asked)
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	pod.Labels["sidecar.istio.io/inject"], pod.Labels["istio.io/dataplane-mode"], pod.Labels["kuma.io/sidecar-injection"] = "false", "none", "disabled"
	pod.Annotations["linkerd.io/inject"] = "disabled"
}

// Differences says in what a copy can differ from its original. Labels are those that a copy
// has: the keys by which a controller knows its own pods are in none. What tells a mesh what to
// do with a pod stays, but where the difference is the mesh.
func Differences(pod *corev1.Pod, container string) Difference {
	copied, _ := Copy(pod, container, Options{})
	c := copied.Spec.Containers[0]
	account := pod.Spec.ServiceAccountName
	return Difference{
		Labels:      slices.DeleteFunc(slices.Sorted(maps.Keys(copied.Labels)), isMeshKey),
		Account:     account != "" && account != defaultAccount,
		Node:        pod.Spec.NodeName != "",
		HostNetwork: !pod.Spec.HostNetwork,
		Mesh:        meshed(pod),
		Environment: len(c.Env)+len(c.EnvFrom) > 0,
	}
}

// sidecars are the containers of meshes, as these name them; a copy never has that of Consul.
var sidecars = []string{"istio-proxy", "linkerd-proxy", "kuma-sidecar"}

// meshed says whether a mesh has put a sidecar into the pod, or takes its traffic on the node
// (https://istio.io/latest/docs/ambient/usage/add-workloads/).
func meshed(pod *corev1.Pod) bool {
	return pod.Annotations["ambient.istio.io/redirection"] == "enabled" || slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool {
		return slices.Contains(sidecars, c.Name)
	})
}
