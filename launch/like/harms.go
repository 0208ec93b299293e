package like

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// tolerateUnready is the annotation that publishNotReadyAddresses has replaced.
const tolerateUnready = "service.alpha.kubernetes.io/tolerate-unready-endpoints"

// ordinal is the end of the name of a StatefulSet's pod (pkg/controller/statefulset/stateful_set_utils.go).
var ordinal = regexp.MustCompile(`^(.*)-([0-9]+)$`)

// known are the kinds of controllers whose selectors are looked at.
var known = []string{"ReplicaSet", "DaemonSet", "StatefulSet", "ReplicationController", "Job"}

// adopters are what would take the copy for one of its own, if it had no controller: they
// adopt what they select (pkg/controller/controller_ref_manager.go), and delete what is too
// much. A kind that could not be read might have one.
func (p *proof) adopters() (list []by) {
	add := func(kind, name string, selector *metav1.LabelSelector) {
		if b := (by{kind + " " + name, selector}); b.selects(p.pod.Labels) {
			list = append(list, b)
		}
	}
	for _, o := range p.ReplicaSets {
		add("ReplicaSet", o.Name, o.Spec.Selector)
	}
	for _, o := range p.DaemonSets {
		add("DaemonSet", o.Name, o.Spec.Selector)
	}
	for _, o := range p.ReplicationControllers {
		if len(o.Spec.Selector) > 0 {
			add("ReplicationController", o.Name, &metav1.LabelSelector{MatchLabels: o.Spec.Selector})
		}
	}
	for _, o := range p.Jobs {
		add("Job", o.Name, o.Spec.Selector)
	}
	for _, o := range p.StatefulSets {
		if m := ordinal.FindStringSubmatch(p.pod.Name); m != nil && m[1] == o.Name {
			add("StatefulSet", o.Name, o.Spec.Selector)
		}
	}
	for _, k := range p.kinds() {
		if singular := strings.TrimSuffix(k.name, "s"); !k.read && slices.Contains(known, singular) && singular != "StatefulSet" {
			list = append(list, by{object: "a " + singular + " that could not be read"})
		}
	}
	if c := p.Controller; c != nil && !slices.Contains(known, c.Kind) {
		list = append(list, by{object: c.Kind + " " + c.Name})
	}
	return list
}

// harms are what the copy would do as it stands.
func (p *proof) harms(adopters []by) (list []harm, err error) {
	for _, s := range p.Services {
		published := s.Spec.PublishNotReadyAddresses || s.Annotations[tolerateUnready] == "true"
		b := by{"Service " + s.Name, &metav1.LabelSelector{MatchLabels: s.Spec.Selector}}
		if published && len(s.Spec.Selector) > 0 && b.selects(p.pod.Labels) {
			list = append(list, harm{b.object + " would send requests to the copy: it has publishNotReadyAddresses", []by{b}})
		}
	}
	for _, a := range p.Autoscalers {
		for _, m := range a.Spec.Metrics {
			targets := p.targetOf(a)
			if text := unmeasured(m, p.pod); text != "" && selectsAny(targets, p.pod.Labels) {
				list = append(list, harm{fmt.Sprintf("HorizontalPodAutoscaler %s would scale no more: it measures %s, which the copy does not have", a.Name, text), targets})
			}
		}
	}
	if len(adopters) == 0 {
		return list, nil
	}
	if p.Budgets == nil {
		return nil, fmt.Errorf("the PodDisruptionBudgets of namespace %s could not be read: one that selects the copy would allow no disruption, as %s makes a controller of its own necessary", p.pod.Namespace, objects(adopters))
	}
	for _, budget := range p.Budgets {
		b := by{"PodDisruptionBudget " + budget.Name, budget.Spec.Selector}
		if !CountsByController(budget) || !b.selects(p.pod.Labels) {
			continue
		}
		ties := []by{b}
		if len(adopters) == 1 {
			ties = append(ties, adopters[0])
		}
		list = append(list, harm{fmt.Sprintf("%s would allow no disruption: it counts by controllers, and the copy needs one of its own, as %s would adopt it", b.object, objects(adopters)), ties})
	}
	return list, nil
}

// CountsByController says whether a budget asks the controller of each pod how many there are to be; it
// allows no disruption where one of them cannot say (pkg/controller/disruption/disruption.go,
// https://github.com/kubernetes/kubernetes/issues/129625).
func CountsByController(b policyv1.PodDisruptionBudget) bool {
	return b.Spec.MaxUnavailable != nil || b.Spec.MinAvailable != nil && b.Spec.MinAvailable.Type == intstr.String
}

// unmeasured names what an autoscaler measures of every pod, and this one has no request
// for: then it computes nothing (pkg/controller/podautoscaler/replica_calculator.go).
func unmeasured(m autoscalingv2.MetricSpec, pod *corev1.Pod) string {
	if m.Resource != nil {
		for _, c := range pod.Spec.Containers {
			if !hasKey(c.Resources.Requests, m.Resource.Name) {
				return fmt.Sprintf("%s of container %s", m.Resource.Name, c.Name)
			}
		}
	}
	if m.ContainerResource == nil {
		return ""
	}
	name, of := m.ContainerResource.Name, m.ContainerResource.Container
	if !slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == of && hasKey(c.Resources.Requests, name) }) {
		return fmt.Sprintf("%s of container %s", name, of)
	}
	return ""
}

// targetOf is what selects the pods that an autoscaler counts: the selector of its target,
// as far as that is known.
func (p *proof) targetOf(a autoscalingv2.HorizontalPodAutoscaler) (list []by) {
	target := a.Spec.ScaleTargetRef
	add := func(kind, name string, selector *metav1.LabelSelector) {
		if target.Kind == kind && target.Name == name && selector != nil {
			list = append(list, by{"HorizontalPodAutoscaler " + a.Name, selector})
		}
	}
	for _, o := range p.ReplicaSets {
		add("ReplicaSet", o.Name, o.Spec.Selector)
		if owner := metav1.GetControllerOf(&o); owner != nil && owner.Kind == "Deployment" && o.Spec.Selector != nil {
			ofDeployment := o.Spec.Selector.DeepCopy()
			delete(ofDeployment.MatchLabels, "pod-template-hash")
			add("Deployment", owner.Name, ofDeployment)
		}
	}
	for _, o := range p.StatefulSets {
		add("StatefulSet", o.Name, o.Spec.Selector)
	}
	return list
}

// selectsAny says whether one of them selects the labels; of none at all it is not known.
func selectsAny(list []by, of map[string]string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(b by) bool { return b.selects(of) })
}

func (p *proof) noteBudgets() {
	for _, budget := range p.Budgets {
		if b := (by{"", budget.Spec.Selector}); b.selects(p.pod.Labels) && CountsByController(budget) {
			p.note("PodDisruptionBudget %s may name the copy in an event: it has no controller; the disruptions that it allows stay the same", budget.Name)
		}
	}
}

func (p *proof) noteAutoscalers() {
	for _, a := range p.Autoscalers {
		if selectsAny(p.targetOf(a), p.pod.Labels) {
			p.note("HorizontalPodAutoscaler %s may count the copy as a pod without load: it may scale some seconds later", a.Name)
		}
	}
}
