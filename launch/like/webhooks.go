package like

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// noteWebhooks says which webhooks are asked about the copy. What they do to it is seen in
// what the API server answers.
func (p *proof) noteWebhooks() {
	var change, deny []string
	for _, config := range p.Mutating {
		if slices.ContainsFunc(config.Webhooks, func(w admissionv1.MutatingWebhook) bool {
			return p.asked(w.Rules, w.NamespaceSelector, w.ObjectSelector)
		}) {
			change = append(change, config.Name)
		}
	}
	for _, config := range p.Validating {
		if slices.ContainsFunc(config.Webhooks, func(w admissionv1.ValidatingWebhook) bool {
			return p.asked(w.Rules, w.NamespaceSelector, w.ObjectSelector)
		}) {
			deny = append(deny, config.Name)
		}
	}
	if len(change) > 0 {
		p.note("webhooks that may change the copy: %s", strings.Join(change, ", "))
	}
	if len(deny) > 0 {
		p.note("webhooks that may deny the copy: %s", strings.Join(deny, ", "))
	}
}

// asked says whether a webhook with these rules is asked about the copy; where its
// namespace could not be read, it might be.
func (p *proof) asked(rules []admissionv1.RuleWithOperations, namespaces, pods *metav1.LabelSelector) bool {
	if p.Namespace != nil && namespaces != nil && !(by{"", namespaces}).selects(p.Namespace.Labels) ||
		pods != nil && !(by{"", pods}).selects(p.pod.Labels) {
		return false
	}
	return slices.ContainsFunc(rules, func(r admissionv1.RuleWithOperations) bool {
		created := slices.Contains(r.Operations, admissionv1.Create) || slices.Contains(r.Operations, admissionv1.OperationAll)
		scoped := r.Scope == nil || *r.Scope != admissionv1.ClusterScope
		return created && scoped && (slices.Contains(r.APIGroups, "") || slices.Contains(r.APIGroups, "*")) &&
			(slices.Contains(r.Resources, "pods") || slices.Contains(r.Resources, "*") || slices.Contains(r.Resources, "*/*"))
	})
}

// Added says in words what admission added to a pod that was asked for: containers of a
// mesh, gates, labels. Injected says whether there are more containers.
func Added(asked, got *corev1.Pod) (notes []string, injected bool) {
	var things []string
	had := map[string]bool{}
	for _, c := range slices.Concat(asked.Spec.InitContainers, asked.Spec.Containers) {
		had[c.Name] = true
	}
	for _, c := range got.Spec.InitContainers {
		if !had[c.Name] {
			things = append(things, "init container "+c.Name)
		}
	}
	for _, c := range got.Spec.Containers {
		if !had[c.Name] {
			things, injected = append(things, "container "+c.Name), true
		}
	}
	for _, g := range got.Spec.ReadinessGates {
		if !slices.Contains(asked.Spec.ReadinessGates, g) {
			things = append(things, fmt.Sprintf("readiness gate %s", g.ConditionType))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got.Labels)) {
		if _, has := asked.Labels[key]; !has {
			things = append(things, "label "+key)
		}
	}
	if len(things) == 0 {
		return nil, injected
	}
	return []string{"added to the copy by a webhook: " + strings.Join(things, ", ")}, injected
}
