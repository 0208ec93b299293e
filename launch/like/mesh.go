package like

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// consulInject is Consul's annotation; a pod with it is registered as an instance of a
// service, ready or not (https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels).
const consulInject = "consul.hashicorp.com/connect-inject"

// ofMeshes are the beginnings of the keys by which meshes are told what to do with a pod.
var ofMeshes = []string{
	"sidecar.istio.io/", "traffic.sidecar.istio.io/", "proxy.istio.io/", "inject.istio.io/", "istio.io/",
	"linkerd.io/", "config.linkerd.io/", "config.alpha.linkerd.io/",
	"kuma.io/", "traffic.kuma.io/", "openservicemesh.io/", "k8s.v1.cni.cncf.io/networks",
}

// written are keys of those that a mesh itself writes when it has injected its sidecar: with
// them a copy would be taken for one that has it.
var written = []string{
	"sidecar.istio.io/status", "linkerd.io/created-by", "linkerd.io/proxy-version", "linkerd.io/trust-root-sha256",
	"kuma.io/sidecar-injected", "k8s.v1.cni.cncf.io/networks-status",
}

// isMeshKey says whether a mesh may decide by a label or an annotation.
func isMeshKey(key string) bool {
	return slices.ContainsFunc(ofMeshes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) || strings.HasPrefix(key, "service.istio.io/")
}

// annotationsOf are those of the meshes, without what asks for an address of its own, and
// the name of the original. The cluster autoscaler adds no node for a copy, and keeps none
// (https://github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md).
func annotationsOf(pod *corev1.Pod) map[string]string {
	kept := map[string]string{
		ForPod: pod.Name, consulInject: "false",
		"cluster-autoscaler.kubernetes.io/pod-scale-up-delay": never.String(), "cluster-autoscaler.kubernetes.io/safe-to-evict": "true",
	}
	for key, value := range pod.Annotations {
		fixed := strings.HasPrefix(key, "k8s.v1.cni.cncf.io/") && (strings.Contains(value, `"ips"`) || strings.Contains(value, `"mac"`))
		if isMeshKey(key) && !slices.Contains(written, key) && !fixed {
			kept[key] = value
		}
	}
	return kept
}
