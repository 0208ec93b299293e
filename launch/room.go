package launch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// unmeasured is the limit of a pod's memory from which on an ephemeral container is added
// without knowledge of what is used, in bytes.
const unmeasured = 8 * needed

// limitOfPod is what all containers of the pod may take together, and nil if that is not
// limited: the pod's own limit, or the sum of its containers' where each has one. Ephemeral
// containers take from it (ResourceConfigForPod of https://github.com/kubernetes/kubernetes,
// pkg/kubelet/cm/helpers_linux.go).
func limitOfPod(p *corev1.Pod, of corev1.ResourceName) *resource.Quantity {
	if p.Spec.Resources != nil {
		if limit, ok := p.Spec.Resources.Limits[of]; ok {
			return &limit
		}
	}
	sum := &resource.Quantity{}
	for _, c := range p.Spec.Containers {
		limit, ok := c.Resources.Limits[of]
		if !ok {
			return nil
		}
		sum.Add(limit)
	}
	for _, c := range p.Spec.InitContainers {
		limit, ok := c.Resources.Limits[of]
		switch {
		case !ok:
			return nil
		case c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways:
			sum.Add(limit)
		}
	}
	return sum
}

// noRoom says why the containers of a pod, which get as little memory as they have together,
// cannot have one more beside them; "" if there is room. When their memory is at an end,
// Linux kills the largest process, which is the application's: neither that an ephemeral
// container came later nor its oom_score_adj saves it (seen on Kubernetes 1.36).
func (l *Launcher) noRoom(ctx context.Context, p *corev1.Pod) string {
	if limit := limitOfPod(p, corev1.ResourceEphemeralStorage); limit != nil && limit.Value() < spare*needed {
		return fmt.Sprintf("the limit of the pod's ephemeral storage is %s, and %d MiB are to be free", limit, spare*needed>>20)
	}
	limit := limitOfPod(p, corev1.ResourceMemory)
	if limit == nil {
		return ""
	}
	if limit.Value() < spare*needed {
		return fmt.Sprintf("the memory limit of the whole pod is %s, an ephemeral container takes from it, and %d MiB are to be free: one more could get the containers killed", limit, spare*needed>>20)
	}
	if used, err := l.used(ctx, p); err == nil {
		if limit.Value()-used < spare*needed {
			return fmt.Sprintf("the memory limit of the whole pod is %s, its containers use %d MiB of it, and %d MiB are to be free: one more could get them killed", limit, used>>20, spare*needed>>20)
		}
		return ""
	}
	if limit.Value() < unmeasured {
		return fmt.Sprintf("the memory limit of the whole pod is %s, and what its containers use is not known (there is no metrics.k8s.io, or no right to it): one more could get them killed", limit)
	}
	for _, s := range p.Status.ContainerStatuses {
		if end := cmp.Or(s.LastTerminationState.Terminated, s.State.Terminated); end != nil && end.Reason == "OOMKilled" {
			return fmt.Sprintf("container %s was killed for its memory before (OOMKilled), and an ephemeral container takes from the limit of the pod", s.Name)
		}
	}
	return ""
}

// used is the memory of a pod's containers, in bytes, by the API of metrics.k8s.io.
func (l *Launcher) used(ctx context.Context, p *corev1.Pod) (sum int64, err error) {
	data, err := l.Client.CoreV1().RESTClient().Get().AbsPath("/apis/metrics.k8s.io/v1beta1/namespaces", p.Namespace, "pods", p.Name).DoRaw(ctx)
	if err != nil {
		return 0, err
	}
	var metrics struct {
		Containers []struct {
			Usage corev1.ResourceList `json:"usage"`
		} `json:"containers"`
	}
	if err := json.Unmarshal(data, &metrics); err != nil {
		return 0, err
	}
	if len(metrics.Containers) == 0 {
		return 0, fmt.Errorf("no containers in the metrics of pod/%s", p.Name)
	}
	for _, c := range metrics.Containers {
		sum += c.Usage.Memory().Value()
	}
	return sum, nil
}
