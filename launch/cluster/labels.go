package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ofRevision are labels that controllers give pods of one revision, or one of them: a
// selector that names them selects no later pod, and a copy that has them is taken for one
// of the workload's own.
var ofRevision = []string{
	"pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash", "pod-template-generation",
	"apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name", "job-name", "controller-uid",
}

// OwnLabels are the labels of a pod without those of its revision and its place in its
// workload.
func OwnLabels(p *corev1.Pod) map[string]string {
	labels := maps.Clone(p.Labels)
	maps.DeleteFunc(labels, func(key, _ string) bool {
		return slices.Contains(ofRevision, key) || strings.HasPrefix(key, "batch.kubernetes.io/")
	})
	return labels
}

// labelMap is a map of labels in YAML without double quotes.
func labelMap(labels map[string]string) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, fmt.Sprintf("%s: '%s'", key, labels[key]))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// expressions are the requirements of a selector in YAML without double quotes, each with a
// comma behind it.
func expressions(s metav1.LabelSelector) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		fmt.Fprintf(&b, "{key: '%s', operator: In, values: ['%s']},", key, s.MatchLabels[key])
	}
	for _, e := range s.MatchExpressions {
		values := ""
		if len(e.Values) > 0 {
			values = ", values: ['" + strings.Join(e.Values, "', '") + "']"
		}
		fmt.Fprintf(&b, "{key: '%s', operator: %s%s},", e.Key, e.Operator, values)
	}
	return b.String()
}
