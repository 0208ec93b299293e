package like

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// proof is the work on one copy.
type proof struct {
	Surroundings
	pod   *corev1.Pod
	notes []string
}

// Prove changes a copy so that nothing that surrounds it is hurt, and says what will notice
// it. Where that is not possible, or could be known only from what was not read, it refuses:
// the error names the object.
func Prove(pod *corev1.Pod, s Surroundings) (changed *corev1.Pod, notes []string, refusal error) {
	p := &proof{Surroundings: s, pod: pod.DeepCopy()}
	for _, k := range s.kinds() {
		if !k.read {
			p.note("not proved: %s could not be read (list %s)", k.name, k.resource)
		}
	}
	if s.Services == nil {
		return nil, p.notes, fmt.Errorf("the Services of namespace %s could not be read: one with publishNotReadyAddresses would send requests to a copy", pod.Namespace)
	}
	for _, step := range []func() error{p.settleLabels, p.fitLimits, p.fitQuotas} {
		if err := step(); err != nil {
			return nil, p.notes, err
		}
	}
	p.noteBudgets()
	p.noteAutoscalers()
	p.noteWebhooks()
	return p.pod, p.notes, nil
}

// Still refuses where a pod, as the API server answers it, is no longer what was proved: a
// webhook may have given it a label that somebody selects, or a container.
func Still(pod *corev1.Pod, s Surroundings) error {
	p := &proof{Surroundings: s, pod: pod.DeepCopy()}
	p.pod.OwnerReferences = []metav1.OwnerReference{{}}
	if err := p.settleLabels(); err != nil {
		return err
	}
	if !maps.Equal(p.pod.Labels, pod.Labels) || metav1.GetControllerOf(p.pod) != nil && metav1.GetControllerOf(pod) == nil {
		return fmt.Errorf("a webhook changes the copy, so that it is not harmless: %s", strings.Join(p.notes, "; "))
	}
	return nil
}

func (p *proof) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// by is an object that selects pods.
type by struct {
	object   string // such as "DaemonSet agent"
	selector *metav1.LabelSelector
}

// selects says whether the object selects a pod of these labels. A selector that is nil
// selects none, one that is empty all; one that cannot be read might select any.
func (b by) selects(of map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(b.selector)
	return err != nil || selector.Matches(labels.Set(of))
}

// keys are the labels without which the selector does not match.
func (b by) keys() (list []string) {
	if b.selector == nil {
		return nil
	}
	for key := range b.selector.MatchLabels {
		list = append(list, key)
	}
	for _, e := range b.selector.MatchExpressions {
		if e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpExists {
			list = append(list, e.Key)
		}
	}
	slices.Sort(list)
	return list
}

// harm is what would be done to an object that selects the copy: one of the ties has to be
// cut by leaving out a label.
type harm struct {
	text string
	ties []by
}

// settleLabels leaves out labels, or gives the copy a controller, until nobody is hurt. Each
// label that is gone may make another selector match, such as one with NotIn.
func (p *proof) settleLabels() error {
	for {
		p.pod.OwnerReferences[0].Controller = nil
		adopters := p.adopters()
		if len(adopters) > 0 {
			p.pod.OwnerReferences[0].Controller = new(true)
		}
		harms, err := p.harms(adopters)
		if err != nil {
			return err
		}
		if len(harms) == 0 {
			if len(adopters) > 0 {
				p.note("the copy belongs to a Job of its own, as %s would adopt it", objects(adopters))
			}
			return nil
		}
		if err := p.cut(harms[0]); err != nil {
			return err
		}
	}
}

// cut leaves out a label that no policy names, so that the object does not select the copy.
func (p *proof) cut(h harm) error {
	var why []string
	for _, tie := range h.ties {
		for _, key := range tie.keys() {
			if _, has := p.pod.Labels[key]; !has {
				continue
			}
			if because := p.neededFor(key); because != "" {
				why = append(why, fmt.Sprintf("label %s stays, as %s", key, because))
				continue
			}
			delete(p.pod.Labels, key)
			p.note("left out: label %s, by which %s would select the copy; no NetworkPolicy names it", key, tie.object)
			return nil
		}
	}
	slices.Sort(why)
	return fmt.Errorf("%s (%s)", h.text, strings.Join(slices.Compact(append(why, "no other label can be left out")), "; "))
}

// neededFor says what may decide by a label, "" where nothing does.
func (p *proof) neededFor(key string) string {
	switch {
	case isMeshKey(key):
		return "a mesh may decide by it"
	case p.Policies == nil:
		return "NetworkPolicies could not be read"
	case p.OtherPolicies == nil:
		return "which other policies there are could not be read"
	case len(p.OtherPolicies) > 0:
		return "one of " + strings.Join(p.OtherPolicies, ", ") + " may name it"
	}
	for _, policy := range p.Policies {
		selectors := []*metav1.LabelSelector{&policy.Spec.PodSelector}
		for _, rule := range policy.Spec.Ingress {
			for _, peer := range rule.From {
				selectors = append(selectors, peer.PodSelector)
			}
		}
		for _, rule := range policy.Spec.Egress {
			for _, peer := range rule.To {
				selectors = append(selectors, peer.PodSelector)
			}
		}
		for _, s := range selectors {
			if s == nil {
				continue
			}
			_, matched := s.MatchLabels[key]
			if matched || slices.ContainsFunc(s.MatchExpressions, func(e metav1.LabelSelectorRequirement) bool { return e.Key == key }) {
				return "NetworkPolicy " + policy.Name + " names it"
			}
		}
	}
	return ""
}

func objects(list []by) string {
	var names []string
	for _, b := range list {
		names = append(names, b.object)
	}
	return strings.Join(names, ", ")
}
