package launch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func memory(text string) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(text)}}
}

func TestRoomBesideTheContainers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		used   string // as metrics.k8s.io has it; empty where there is none
		change func(p *corev1.Pod, c *corev1.Container)
		want   string
	}{
		{"no limit", "", nil, ""},
		{"a container without a limit lifts that of the pod", "", func(p *corev1.Pod, c *corev1.Container) {
			c.Resources = memory("32Mi")
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "side"})
		}, ""},
		{"an init container without a limit does, too", "", func(p *corev1.Pod, c *corev1.Container) {
			c.Resources = memory("32Mi")
			p.Spec.InitContainers = []corev1.Container{{Name: "first"}}
		}, ""},
		{"a small limit", "1Mi", func(_ *corev1.Pod, c *corev1.Container) { c.Resources = memory("64Mi") }, "the memory limit of the whole pod is 64Mi, an ephemeral"},
		{"the pod's own limit", "", func(p *corev1.Pod, _ *corev1.Container) { p.Spec.Resources = ptr(memory("80Mi")) }, "the memory limit of the whole pod is 80Mi, an ephemeral"},
		{"the sum of limits", "150Mi", func(p *corev1.Pod, c *corev1.Container) {
			c.Resources = memory("100Mi")
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "side", Resources: memory("60Mi")})
			p.Spec.InitContainers = []corev1.Container{{Name: "beside", Resources: memory("40Mi"), RestartPolicy: ptr(corev1.ContainerRestartPolicyAlways)}, {Name: "first", Resources: memory("1Gi")}}
		}, "the memory limit of the whole pod is 200Mi, its containers use 150 MiB of it, and 96 MiB are to be free"},
		{"much is free", "100Mi", func(_ *corev1.Pod, c *corev1.Container) { c.Resources = memory("200Mi") }, ""},
		{"what is used is not known", "", func(_ *corev1.Pod, c *corev1.Container) { c.Resources = memory("200Mi") }, "what its containers use is not known"},
		{"what is used is not known of much", "", func(_ *corev1.Pod, c *corev1.Container) { c.Resources = memory("256Mi") }, ""},
		{"killed before", "", func(p *corev1.Pod, c *corev1.Container) {
			c.Resources = memory("1Gi")
			p.Status.ContainerStatuses[0].LastTerminationState = *ends("OOMKilled", 137, "")
		}, "container app was killed for its memory before"},
		{"little storage", "", func(_ *corev1.Pod, c *corev1.Container) {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceEphemeralStorage: resource.MustParse("50Mi")}
		}, "ephemeral storage is 50Mi"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tc.used == "" || r.URL.Path != "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web" {
					http.NotFound(w, r)
					return
				}
				fmt.Fprintf(w, `{"kind":"PodMetrics","containers":[{"name":"app","usage":{"memory":%q}},{"name":"side","usage":{"cpu":"1"}}]}`, tc.used)
			}))
			defer server.Close()
			client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			got := (&Launcher{Client: client}).noRoom(t.Context(), running(tc.change).Pod)
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
