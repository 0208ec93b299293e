package like

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// nothing is a namespace where all could be read, and nothing is.
func nothing() Surroundings {
	return Surroundings{
		Namespace: &corev1.Namespace{}, Services: []corev1.Service{}, Budgets: []policyv1.PodDisruptionBudget{}, Autoscalers: []autoscalingv2.HorizontalPodAutoscaler{},
		Quotas: []corev1.ResourceQuota{}, LimitRanges: []corev1.LimitRange{}, ReplicaSets: []appsv1.ReplicaSet{}, DaemonSets: []appsv1.DaemonSet{},
		StatefulSets: []appsv1.StatefulSet{}, ReplicationControllers: []corev1.ReplicationController{}, Jobs: []batchv1.Job{},
		Mutating: []admissionv1.MutatingWebhookConfiguration{}, Validating: []admissionv1.ValidatingWebhookConfiguration{},
		Policies: []networkingv1.NetworkPolicy{}, OtherPolicies: []string{},
	}
}

// plain is a copy with the labels app=web and tier=front.
func plain() *corev1.Pod {
	pod, _ := Copy(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", Labels: map[string]string{"app": "web", "tier": "front"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}},
	}, "app", options)
	return pod
}

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }

func match(pairs ...string) *metav1.LabelSelector {
	s := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for ; len(pairs) > 0; pairs = pairs[2:] {
		s.MatchLabels[pairs[0]] = pairs[1]
	}
	return s
}

func replicaSet(s *metav1.LabelSelector) appsv1.ReplicaSet {
	return appsv1.ReplicaSet{ObjectMeta: named("rs"), Spec: appsv1.ReplicaSetSpec{Selector: s}}
}

func daemonSet(s *metav1.LabelSelector) appsv1.DaemonSet {
	return appsv1.DaemonSet{ObjectMeta: named("agent"), Spec: appsv1.DaemonSetSpec{Selector: s}}
}

func service(published bool, selector map[string]string) corev1.Service {
	return corev1.Service{ObjectMeta: named("db"), Spec: corev1.ServiceSpec{Selector: selector, PublishNotReadyAddresses: published}}
}

func budget(min, max *intstr.IntOrString, s *metav1.LabelSelector) policyv1.PodDisruptionBudget {
	return policyv1.PodDisruptionBudget{ObjectMeta: named("pdb"), Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: min, MaxUnavailable: max, Selector: s}}
}

func policy(s *metav1.LabelSelector) networkingv1.NetworkPolicy {
	return networkingv1.NetworkPolicy{ObjectMeta: named("deny"), Spec: networkingv1.NetworkPolicySpec{PodSelector: *s}}
}

var one, half = new(intstr.FromInt32(1)), new(intstr.FromString("50%"))

func TestProveLabels(t *testing.T) {
	t.Parallel()
	web, both := match("app", "web"), []string{"app", "tier"}
	for _, tc := range []struct {
		name    string
		s       func(s *Surroundings)
		labels  []string
		guarded bool   // by a controller of its own
		note    string // that is among the notes
		refusal string
	}{
		{name: "nothing", s: func(s *Surroundings) {}, labels: both},
		{name: "the ReplicaSet of a Deployment", s: func(s *Surroundings) {
			s.ReplicaSets = append(s.ReplicaSets, replicaSet(match("app", "web", "pod-template-hash", "1")))
		}, labels: both},
		{name: "a ReplicaSet without a Deployment", s: func(s *Surroundings) { s.ReplicaSets = append(s.ReplicaSets, replicaSet(web)) }, labels: both, guarded: true, note: "ReplicaSet rs would adopt it"},
		{name: "a DaemonSet", s: func(s *Surroundings) { s.DaemonSets = append(s.DaemonSets, daemonSet(web)) }, labels: both, guarded: true, note: "DaemonSet agent would adopt it"},
		{name: "a DaemonSet of others", s: func(s *Surroundings) { s.DaemonSets = append(s.DaemonSets, daemonSet(match("app", "db"))) }, labels: both},
		{name: "a ReplicationController", s: func(s *Surroundings) {
			s.ReplicationControllers = append(s.ReplicationControllers, corev1.ReplicationController{ObjectMeta: named("rc"), Spec: corev1.ReplicationControllerSpec{Selector: web.MatchLabels}})
		}, labels: both, guarded: true},
		{name: "a Job with a selector of its own", s: func(s *Surroundings) {
			s.Jobs = append(s.Jobs, batchv1.Job{ObjectMeta: named("job"), Spec: batchv1.JobSpec{Selector: web}})
		}, labels: both, guarded: true},
		{name: "a StatefulSet, which adopts by name", s: func(s *Surroundings) {
			s.StatefulSets = append(s.StatefulSets, appsv1.StatefulSet{ObjectMeta: named("web"), Spec: appsv1.StatefulSetSpec{Selector: web}})
		}, labels: both},
		{name: "a controller of a kind that is not known", s: func(s *Surroundings) { s.Controller = &metav1.OwnerReference{Kind: "CloneSet", Name: "web"} }, labels: both, guarded: true, note: "CloneSet web would adopt it"},
		{name: "DaemonSets not read", s: func(s *Surroundings) { s.DaemonSets = nil }, labels: both, guarded: true, note: "not proved: DaemonSets could not be read (list daemonsets.apps)"},
		{name: "a budget that counts by controllers, beside an unmanaged copy", s: func(s *Surroundings) { s.Budgets = append(s.Budgets, budget(nil, one, web)) }, labels: both, note: "the disruptions that it allows stay the same"},
		{name: "a budget by number and a DaemonSet", s: func(s *Surroundings) {
			s.Budgets, s.DaemonSets = append(s.Budgets, budget(one, nil, web)), append(s.DaemonSets, daemonSet(web))
		}, labels: both, guarded: true},
		{name: "a budget by controllers and a DaemonSet", s: func(s *Surroundings) {
			s.Budgets, s.DaemonSets = append(s.Budgets, budget(nil, one, web)), append(s.DaemonSets, daemonSet(web))
		}, labels: []string{"tier"}, note: "left out: label app, by which PodDisruptionBudget pdb would select the copy; no NetworkPolicy names it"},
		{name: "the same, and a policy for that label", s: func(s *Surroundings) {
			s.Budgets, s.DaemonSets, s.Policies = append(s.Budgets, budget(half, nil, web)), append(s.DaemonSets, daemonSet(web)), append(s.Policies, policy(web))
		}, refusal: "PodDisruptionBudget pdb would allow no disruption: it counts by controllers, and the copy needs one of its own, as DaemonSet agent would adopt it (label app stays, as NetworkPolicy deny names it; no other label can be left out)"},
		{name: "a budget of everything and a DaemonSet", s: func(s *Surroundings) {
			s.Budgets, s.DaemonSets = append(s.Budgets, budget(nil, one, &metav1.LabelSelector{})), append(s.DaemonSets, daemonSet(web))
		}, labels: []string{"tier"}, note: "label app, by which DaemonSet agent would select"},
		{name: "a budget that selects nothing", s: func(s *Surroundings) {
			s.Budgets, s.DaemonSets = append(s.Budgets, budget(nil, one, nil)), append(s.DaemonSets, daemonSet(web))
		}, labels: both, guarded: true},
		{name: "budgets not read, and a DaemonSet", s: func(s *Surroundings) { s.Budgets, s.DaemonSets = nil, append(s.DaemonSets, daemonSet(web)) }, refusal: "the PodDisruptionBudgets of namespace shop could not be read"},
		{name: "budgets not read", s: func(s *Surroundings) { s.Budgets = nil }, labels: both, note: "not proved: PodDisruptionBudgets could not be read"},
		{name: "a Service", s: func(s *Surroundings) { s.Services = append(s.Services, service(false, web.MatchLabels)) }, labels: both},
		{name: "a Service without a selector", s: func(s *Surroundings) { s.Services = append(s.Services, service(true, nil)) }, labels: both},
		{name: "a Service that publishes unready pods", s: func(s *Surroundings) {
			s.Services = append(s.Services, service(true, map[string]string{"tier": "front"}))
		}, labels: []string{"app"}, note: "label tier, by which Service db would select"},
		{name: "the same by its older name", s: func(s *Surroundings) {
			old := service(false, web.MatchLabels)
			old.Annotations = map[string]string{tolerateUnready: "true"}
			s.Services = append(s.Services, old)
		}, labels: []string{"tier"}},
		{name: "the same, and a policy", s: func(s *Surroundings) {
			s.Services, s.Policies = append(s.Services, service(true, web.MatchLabels)), append(s.Policies, policy(web))
		}, refusal: "Service db would send requests to the copy: it has publishNotReadyAddresses (label app stays, as NetworkPolicy deny names it"},
		{name: "the same, and a policy with a peer", s: func(s *Surroundings) {
			p := policy(match("k8s-app", "kube-dns"))
			p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{PodSelector: web}}}}
			s.Services, s.Policies = append(s.Services, service(true, web.MatchLabels)), append(s.Policies, p)
		}, refusal: "NetworkPolicy deny names it"},
		{name: "the same, and policies not read", s: func(s *Surroundings) {
			s.Services, s.Policies = append(s.Services, service(true, web.MatchLabels)), nil
		}, refusal: "NetworkPolicies could not be read"},
		{name: "the same, and policies of other kinds", s: func(s *Surroundings) {
			s.Services, s.OtherPolicies = append(s.Services, service(true, web.MatchLabels)), []string{"ciliumnetworkpolicies.cilium.io"}
		}, refusal: "one of ciliumnetworkpolicies.cilium.io may name it"},
		{name: "Services not read", s: func(s *Surroundings) { s.Services = nil }, refusal: "the Services of namespace shop could not be read"},
		{name: "a selector that matches once a label is gone", s: func(s *Surroundings) {
			s.Services = append(s.Services, service(true, web.MatchLabels))
			s.DaemonSets = append(s.DaemonSets, daemonSet(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpDoesNotExist}}}))
		}, labels: []string{"tier"}, guarded: true},
		{name: "an autoscaler of another container", s: func(s *Surroundings) { s.Autoscalers = append(s.Autoscalers, autoscaler("other", s, web)) }, labels: []string{"tier"}, note: "by which HorizontalPodAutoscaler hpa would select"},
		{name: "an autoscaler", s: func(s *Surroundings) { s.Autoscalers = append(s.Autoscalers, autoscaler("app", s, web)) }, labels: both, note: "HorizontalPodAutoscaler hpa may count the copy"},
		{name: "an autoscaler of others", s: func(s *Surroundings) {
			s.Autoscalers = append(s.Autoscalers, autoscaler("other", s, match("app", "db")))
		}, labels: both},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, asked := nothing(), plain()
			tc.s(&s)
			got, notes, err := Prove(asked, s)
			if !reflect.DeepEqual(asked, plain()) {
				t.Error("the copy that was given was changed")
			}
			if tc.refusal != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refusal) || got != nil {
					t.Errorf("got %v, want %q", err, tc.refusal)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if labels := slices.Sorted(maps.Keys(got.Labels)); !slices.Equal(labels, tc.labels) {
				t.Errorf("got the labels %q, want %q", labels, tc.labels)
			}
			if guarded := metav1.GetControllerOf(got) != nil; guarded != tc.guarded {
				t.Errorf("got a controller: %t, want %t", guarded, tc.guarded)
			}
			if text := strings.Join(notes, "\n"); !strings.Contains(text, tc.note) || tc.note == "" && text != "" && !tc.guarded && len(tc.labels) == 2 {
				t.Errorf("got the notes\n%s\nwant %q", text, tc.note)
			}
			if err := Still(got, s); err != nil {
				t.Errorf("what was proved is no longer harmless: %v", err)
			}
		})
	}
}

// autoscaler is one of a Deployment, which has such a selector, that measures a container.
func autoscaler(container string, s *Surroundings, selector *metav1.LabelSelector) autoscalingv2.HorizontalPodAutoscaler {
	rs := replicaSet(selector.DeepCopy())
	rs.Spec.Selector.MatchLabels["pod-template-hash"] = "1"
	rs.OwnerReferences = []metav1.OwnerReference{{Kind: "Deployment", Name: "web", Controller: new(true)}}
	s.ReplicaSets = append(s.ReplicaSets, rs)
	return autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: named("hpa"), Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "web"},
		Metrics: []autoscalingv2.MetricSpec{
			{Type: autoscalingv2.ContainerResourceMetricSourceType, ContainerResource: &autoscalingv2.ContainerResourceMetricSource{Name: corev1.ResourceCPU, Container: container}},
			{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{Name: corev1.ResourceMemory}},
		},
	}}
}

// TestStillRefusesWhatAWebhookChanged gives a copy that was proved a label, or takes its
// controller away.
func TestStillRefusesWhatAWebhookChanged(t *testing.T) {
	t.Parallel()
	s := nothing()
	s.Services = append(s.Services, service(true, map[string]string{"mesh": "yes"}))
	s.DaemonSets = append(s.DaemonSets, daemonSet(match("app", "web")))
	good, _, err := Prove(plain(), s)
	if err != nil {
		t.Fatal(err)
	}
	labelled, free := good.DeepCopy(), good.DeepCopy()
	labelled.Labels["mesh"], free.OwnerReferences = "yes", nil
	for _, pod := range []*corev1.Pod{labelled, free} {
		if err := Still(pod, s); err == nil || !strings.Contains(err.Error(), "a webhook changes the copy, so that it is not harmless: ") {
			t.Errorf("got %v, want that it is not harmless", err)
		}
	}
	if err := Still(good, s); err != nil {
		t.Error(err)
	}
}
