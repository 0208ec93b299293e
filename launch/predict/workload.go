package predict

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// workload names what a pod belongs to, as kubectl does: the Deployment of a ReplicaSet, by the
// hash that the Deployment gives both, or its controller, or the pod itself.
func workload(p *corev1.Pod) string {
	owner := metav1.GetControllerOf(p)
	if owner == nil {
		return "pod/" + p.Name
	}
	hash := p.Labels["pod-template-hash"]
	if name, ok := strings.CutSuffix(owner.Name, "-"+hash); ok && hash != "" && owner.Kind == "ReplicaSet" {
		return "deployment/" + name
	}
	return strings.ToLower(owner.Kind) + "/" + owner.Name
}

// grouped puts together what pods of one workload lose for the same reasons.
func grouped(losses []Loss) []Loss {
	groups := []Loss{}
	for _, l := range losses {
		i := slices.IndexFunc(groups, func(g Loss) bool { return g.Namespace == l.Namespace && g.Workload == l.Workload && sameLoss(g, l) })
		if i < 0 {
			l.DependsOn, l.Objects, l.Why = orNone(l.DependsOn), orNone(l.Objects), orNone(l.Why)
			groups = append(groups, l)
			continue
		}
		groups[i].Pods = append(groups[i].Pods, l.Pods...)
		groups[i].WithoutToken += l.WithoutToken
	}
	order := []string{APIServer, DNS, Authentication, Token}
	slices.SortStableFunc(groups, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload, b.Workload), slices.Index(order, a.Of)-slices.Index(order, b.Of))
	})
	return groups
}

// sameLoss says that two workloads lose the same for the same reasons.
func sameLoss(a, b Loss) bool {
	return a.Of == b.Of && a.At == b.At && a.Some == b.Some && slices.Equal(a.DependsOn, b.DependsOn) && slices.Equal(a.Objects, b.Objects) && slices.Equal(a.Why, b.Why)
}
