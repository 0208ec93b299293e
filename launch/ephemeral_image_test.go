package launch

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestImagesForEphemeralContainer(t *testing.T) {
	node := func(names ...string) *corev1.Node {
		n := &corev1.Node{}
		for _, name := range names {
			n.Status.Images = append(n.Status.Images, corev1.ContainerImage{Names: []string{"x@sha256:1", name}})
		}
		return n
	}
	sidecar := func(image string, started bool) func(*corev1.Pod, *corev1.Container) {
		return func(p *corev1.Pod, _ *corev1.Container) {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "side", Image: image})
			if started {
				p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{Name: "side", ImageID: "sha256:2"})
			}
		}
	}
	never := func(image string) added { return added{image, corev1.PullNever, false} }
	for _, tc := range []struct {
		name        string
		given, pull string
		change      func(*corev1.Pod, *corev1.Container)
		node        *corev1.Node
		want        []added
	}{
		{"given", "registry.example/tools:1", "Always", nil, node("busybox:1"), []added{{"registry.example/tools:1", corev1.PullAlways, false}, {"registry.example/tools:1", corev1.PullAlways, true}}},
		{"given, of k8sdoctor", "registry.example:5000/diag/k8sdoctor@sha256:1", "", nil, nil, []added{{"registry.example:5000/diag/k8sdoctor@sha256:1", "", true}, {"registry.example:5000/diag/k8sdoctor@sha256:1", "", false}}},
		{"the target's own before any", "", "", func(_ *corev1.Pod, c *corev1.Container) { c.Image = "python:3.14-slim" }, node("docker.io/library/busybox:1"), []added{never("python:3.14-slim"), never("docker.io/library/busybox:1")}},
		{"that of another container", "", "", sidecar("docker.io/library/nginx:1.29", true), nil, []added{never("docker.io/library/nginx:1.29")}},
		{"that of a container whose image is not there yet", "", "", sidecar("nginx", false), nil, nil},
		{"the smallest of the node, and two at most", "", "", nil, node("docker.io/library/debian:12", "quay.io/curl/curl:8", "docker.io/rancher/mirrored-library-busybox:1.36"), []added{never("docker.io/rancher/mirrored-library-busybox:1.36"), never("quay.io/curl/curl:8")}},
		{"none that is known", "", "", nil, node("registry.k8s.io/pause:3.10", "registry.k8s.io/coredns/coredns:v1.14.2", "registry.k8s.io/etcd:3.6.8-0", "gcr.io/distroless/python3:latest", "cgr.dev/chainguard/nginx:latest", "shop/not-busybox:1", "docker.io/library/redis:8-distroless"), nil},
		{"nodes may not be read", "", "", nil, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := imagesFor(tc.given, tc.pull, running(tc.change), tc.node); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
